import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePorts } from '../../scripts/stack/ports.ts';
import { builtServices } from '../support/build.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const node = (file: string, env: Readonly<Record<string, string>>) =>
  promisify(execFile)(process.execPath, [file], { env, encoding: 'utf8' });

// The compiled api and worker are what test/crash runs.
describe('what `npm run build` makes, run by plain Node as the Dockerfile does', function () {
  this.timeout(120_000);
  let dist: (path: string) => string;
  let database: TestDatabase;
  let boot: ChildProcess | undefined;

  before(async () => {
    dist = await builtServices();
    database = await createTestDatabase();
  });
  after(async () => {
    boot?.kill();
    await database?.close();
  });

  it('migrates an empty database, and leaves a migrated one alone', async () => {
    const name = `empty_${process.pid}`;
    await database.pool.query(`create database ${pg.escapeIdentifier(name)}`);
    const url = database.url.replace(/^(postgresql:\/\/\/)[^?]*/, `$1${name}`);
    const migrate = () => node(dist('db/main.js'), { DATABASE_URL: url });
    try {
      assert.match((await migrate()).stdout, /^Migrated: 0001_initial/);
      assert.equal((await migrate()).stdout, 'The schema is up to date.\n');
    } finally {
      await database.pool.query(`drop database ${pg.escapeIdentifier(name)} with (force)`);
    }
  });

  it('serves the boot service', async () => {
    const [port = 0] = await freePorts(1);
    const file = dist('boot/main.js');
    const env = {
      DATABASE_URL: database.url,
      ANNEAL_BOOT_HOST: '127.0.0.1',
      ANNEAL_BOOT_PORT: String(port),
      // Any file that is there: no machine loads it.
      ANNEAL_AGENT_KERNEL: file,
      ANNEAL_AGENT_INITRD: file,
    };
    boot = spawn(process.execPath, [file], { env, stdio: 'inherit' });
    const url = `http://127.0.0.1:${port}/healthz`;
    await until('the boot service', async () => (await fetch(url).catch(() => undefined))?.ok);
    boot.kill();
    assert.deepEqual(await once(boot, 'exit'), [0, null]);
  });

  it('refuses to start with a wrong setting and names it', async () => {
    for (const [part, variable, more] of [
      ['api', 'ANNEAL_API_PORT', {}],
      ['api', 'ANNEAL_HTPASSWD_FILE', { ANNEAL_AUTH_STRATEGY: 'http_basic' }],
      ['worker', 'ANNEAL_ERASE_SAMPLES', {}],
      ['boot', 'ANNEAL_BOOT_PORT', {}],
    ] as const) {
      const env = { DATABASE_URL: database.url, [variable]: 'many', ...more };
      await assert.rejects(node(dist(`${part}/main.js`), env), new RegExp(variable));
    }
  });
});
