import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VERBS } from '../../src/cli/verbs.ts';
import { commands } from '../../src/index.ts';
import { aPair, anEcho, until } from '../support/pair.ts';
import { examples, listed } from './blocks.ts';

const HERE = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(HERE, '../../node_modules');
const CACHE = join(MODULES, '.cache');
const TSC = join(MODULES, '.bin/tsc');
const STRICT = ['--noEmit', '--strict', '--module', 'node20', '--target', 'es2023', '--types', 'node'];
const FROM_SOURCE = [
  '--customConditions',
  'source',
  '--allowImportingTsExtensions',
  '--skipLibCheck',
  '--ignoreConfig',
];

/** What the virtual BMC's example takes for granted: a machine, and at the end somebody who switches it on. */
const MACHINE = `
import { IpmiClient } from 'ipmi-js';
const done: string[] = [];
const qemu = {
  running: false,
  serialSocket: '/nowhere',
  start: ({ device }: { device: string }) => void (done.push('start from ' + device), (qemu.running = true)),
  restart: (_flags: object) => {},
  kill: () => {},
  systemReset: () => {},
  injectNmi: () => {},
  systemPowerdown: () => {},
};
async function switchOn(port: number) {
  const client = new IpmiClient();
  const machine = client.bmc({ host: '127.0.0.1', port, username: 'admin', password: 'secret' });
  await machine.setBootDevice('pxe');
  bmc.faults.lossIn = 0;
  await machine.chassisControl('on');
  const { powerOn } = await machine.getChassisStatus();
  await client.close();
  console.log(JSON.stringify({ powerOn, done }));
}
`;

/** Exactly one occurrence is replaced. */
function replaced(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, `the example has one "${from}"`);
  return text.replace(from, to);
}

describe('the README', function () {
  this.timeout(180_000);
  let folder: string;
  before(async () => {
    // Below the node_modules that knows the package by its name, and out of sight of the linter.
    await mkdir(CACHE, { recursive: true });
    folder = await mkdtemp(join(CACHE, 'readme-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** Checks the types of a program and runs it. */
  async function run(name: string, program: string, env: Record<string, string> = {}): Promise<string> {
    const file = join(folder, `${name}.mts`);
    await writeFile(file, program);
    const checked = await promisify(execFile)(TSC, [...STRICT, ...FROM_SOURCE, file], { cwd: HERE }).catch(
      (error: { stdout?: string }) => error,
    );
    assert.equal(checked.stdout, '');
    const node = ['--import', 'tsx', '--conditions=source', file];
    const { stdout } = await promisify(execFile)(process.execPath, node, {
      cwd: HERE,
      env: { ...process.env, ...env },
    });
    return stdout;
  }

  it('has a client example that does what it says', async () => {
    const [code = '', ...others] = examples('Client');
    assert.deepEqual(others, []);
    const users = [{ name: 'ops', password: 'right-one' }];
    const { server, machine, stop } = await aPair({ users, console: anEcho });
    try {
      const target = `host: '127.0.0.1', port: ${server.address.port}`;
      await run('client', replaced(code, `host: '192.0.2.7'`, target), { BMC_PASSWORD: 'right-one' });
      const { device, efi, persistent, clearCmos } = server.bootFlags.get();
      assert.deepEqual([device, efi, persistent, clearCmos], ['pxe', true, false, true]);
      assert.deepEqual(machine.acts, ['on']);
      await until(() => server.sessionCount === 0);
    } finally {
      await stop();
    }
  });

  it('has a virtual BMC example that boots a machine', async () => {
    const [code = '', ...others] = examples('Virtual BMC');
    assert.deepEqual(others, []);
    const local = replaced(replaced(code, `host: '172.31.10.11'`, `host: '127.0.0.1'`), 'port: 623', 'port: 0');
    const program =
      MACHINE + replaced(local, 'await bmc.stop();', 'await switchOn(bmc.address.port);\nawait bmc.stop();');
    const said = JSON.parse(await run('server', program)) as unknown;
    assert.deepEqual(said, { powerOn: true, done: ['start from pxe'] });
  });

  it('lists every command, and none that there is not', () => {
    assert.deepEqual(listed('Commands').toSorted(), Object.keys(commands).toSorted());
  });

  it('lists every verb of the command line, and none that there is not', () => {
    const words = [...Object.keys(VERBS), 'sol', 'sol activate', 'sweep'];
    const verbs = listed('Command line').map((text) => text.replace(/ (?:[A-Z[]|always-on).*$/, ''));
    assert.deepEqual(verbs.toSorted(), words.toSorted());
  });
});
