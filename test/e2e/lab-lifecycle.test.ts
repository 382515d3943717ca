import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLab, destroyLab, readLab, statusOf } from '../../lab/lab.ts';
import { findProcesses } from '../../lab/processes.ts';
import type { LabState } from '../../lab/state.ts';

const execute = promisify(execFile);
const NAME = 'e2e-life';

const namespaces = async (): Promise<string[]> =>
  (await execute('ip', ['netns', 'list'])).stdout.split('\n').filter((line) => line.includes(NAME));

const processesOf = async (lab: LabState): Promise<number> =>
  (
    await findProcesses((argv) =>
      argv.some((word) => word.includes(`${lab.directory}/`) || word.includes(`${lab.socketDirectory}/`)),
    )
  ).length;

describe('lab life cycle (namespaces, Open vSwitch, processes)', function lifecycle() {
  this.timeout(240_000);
  let home = '';

  before(async () => {
    if (process.getuid?.() !== 0)
      throw new Error('The lab tests need root: network namespaces and Open vSwitch. Run them by sudo.');
    home = await mkdtemp(join(tmpdir(), 'anneal-e2e-'));
    process.env['ANNEAL_LAB_DIRECTORY'] = home;
  });
  after(async () => {
    await destroyLab(NAME, { purge: true });
    await rm(home, { recursive: true });
    delete process.env['ANNEAL_LAB_DIRECTORY'];
  });

  const up = async (nodes: number): Promise<LabState> => createLab({ name: NAME, nodes, apiPort: 1, temporalPort: 2 });

  it('comes up, is left as it is by a second run, and grows by a third', async () => {
    const first = await up(1);
    const again = await up(1);
    assert.deepEqual(again, first);
    const grown = await up(2);
    assert.deepEqual(grown.nodes[0], first.nodes[0]);
    assert.deepEqual(
      grown.nodes.map((node) => node.firmware),
      ['uefi', 'bios'],
    );
    assert.deepEqual(grown.processes, first.processes);
    assert.equal((await stat(join(first.directory, 'lab.json'))).mode & 0o777, 0o600);
  });

  it('refuses to turn a lab with root into one without', async () => {
    await assert.rejects(createLab({ name: NAME, mode: 'rootless' }), /was made as root/);
  });

  it('starts again whatever was killed, and keeps VLANs', async () => {
    const lab = await up(2);
    const vsctl = async (...args: string[]): Promise<string> =>
      (await execute('ovs-vsctl', [`--db=unix:${lab.switch.ovsdbSocket}`, '--timeout=20', ...args])).stdout.trim();
    await vsctl('set', 'port', 'node-1-0', 'tag=200');
    for (const record of Object.values(lab.processes)) process.kill(record.pid, 'SIGKILL');
    const mended = await up(2);
    const { processes } = await statusOf(mended);
    assert.ok(
      Object.values(processes).every((alive) => alive),
      JSON.stringify(processes),
    );
    assert.equal(await vsctl('get', 'port', 'node-1-0', 'tag'), '200');
    const { stdout } = await execute('ip', [
      '-n',
      mended.networks['tenant-a'].namespace,
      '-br',
      'address',
      'show',
      'dev',
      'tenant-a0',
    ]);
    assert.match(stdout, /172\.31\.200\.1\/24/);
  });

  it('leaves nothing behind after a kill of half of it in mid-start, and keeps the disks', async () => {
    const lab = await up(2);
    const { bmc } = lab.nodes[0] ?? assert.fail();
    await execute('ip', [
      'netns',
      'exec',
      lab.namespace,
      'ipmitool',
      '-I',
      'lanplus',
      '-H',
      bmc.address,
      '-U',
      bmc.username,
      '-P',
      bmc.password,
      'power',
      'on',
    ]);
    for (const role of ['machines', 'ovs-vswitchd', 'relay-api'])
      process.kill(lab.processes[role]?.pid ?? 0, 'SIGKILL');
    await destroyLab(NAME);
    assert.deepEqual(await namespaces(), []);
    assert.equal(await processesOf(lab), 0);
    assert.equal((await stat(lab.nodes[0]?.disks[0]?.path ?? '')).size, 5 * 1024 ** 3);
    await destroyLab(NAME);
    await destroyLab(NAME, { purge: true });
    assert.deepEqual(await readdir(home), []);
    assert.equal(await readLab(NAME), undefined);
  });

  it('refuses a namespace that somebody else made, and leaves it alone', async () => {
    const namespace = `anneal-${NAME}`;
    await execute('ip', ['netns', 'add', namespace]);
    await execute('ip', ['-n', namespace, 'link', 'set', 'dev', 'lo', 'up']);
    try {
      await assert.rejects(up(1), /exists but belongs to somebody else/);
      await assert.rejects(destroyLab(NAME), /belongs to somebody else/);
      assert.equal((await namespaces()).length, 1);
    } finally {
      await execute('ip', ['netns', 'delete', namespace]);
    }
  });
});
