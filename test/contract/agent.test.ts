import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openAgentSession } from '../../db/agent-sessions.ts';
import { getNodeByUuid } from '../../db/nodes.ts';
import { listPortsOfNode } from '../../db/ports.ts';
import { ensureArtifacts } from '../../lab/image/artifacts.ts';
import type { ProbeInput, ProbeOutput } from '../support/agent-probe.ts';
import { insertBareNode } from '../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const run = promisify(execFile);
const NAMESPACE = `anneal-agent-${process.pid}`;
const ADDRESS = '172.31.113.1';
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const MAC = '52:54:00:a6:e7:01';

/** drivers/agent, boot/ and db/agent-sessions.ts with the real ironic-python-agent on a machine of QEMU. */
describe('the real ironic-python-agent', function () {
  this.timeout(20 * 60_000);
  let folder: string;
  let database: TestDatabase;
  let seen: ProbeOutput;

  before(async () => {
    assert.equal(process.getuid?.(), 0, 'this test makes a network namespace and must run as root');
    folder = await mkdtemp(join(tmpdir(), 'anneal-agent-'));
    const { kernel, initrd, agentSquashfs: squashfs, osImageRaw: image } = await ensureArtifacts();
    database = await createTestDatabase();
    const { pool } = database;
    const uuid = randomUUID();
    await insertBareNode(pool, { uuid, driver: 'ipmi', provision_state: 'clean wait' });
    await pool.query('insert into ports (uuid, node_uuid, address) values ($1, $2, $3)', [randomUUID(), uuid, MAC]);
    await openAgentSession(pool, { nodeUuid: uuid, bootId: 'probe:1', network: 'cleaning' });
    const node = await getNodeByUuid(pool, uuid);
    assert.ok(node);
    const ports = await listPortsOfNode(pool, uuid);
    const input: ProbeInput = {
      folder,
      databaseUrl: database.url,
      node,
      ports,
      address: ADDRESS,
      device: 'nic0',
      kernel,
      initrd,
      squashfs,
      image,
    };
    await writeFile(join(folder, 'input.json'), JSON.stringify(input), { mode: 0o600 });
    seen = await probe();
  });
  after(async () => {
    await run('ip', ['netns', 'del', NAMESPACE]).catch(() => {});
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function probe(): Promise<ProbeOutput> {
    await run('ip', ['netns', 'add', NAMESPACE]);
    const inNamespace = (...command: string[]) => run('ip', ['netns', 'exec', NAMESPACE, ...command], { cwd: PROJECT });
    await inNamespace('ip', 'link', 'set', 'lo', 'up');
    await inNamespace('ip', 'tuntap', 'add', 'dev', 'nic0', 'mode', 'tap');
    await inNamespace('ip', 'address', 'add', `${ADDRESS}/24`, 'dev', 'nic0');
    await inNamespace('ip', 'address', 'add', 'fd00:113::1/64', 'dev', 'nic0', 'nodad');
    await inNamespace('ip', 'link', 'set', 'nic0', 'up');
    const node = [process.execPath, '--import', 'tsx', '--conditions=source', 'test/support/agent-probe.ts'];
    try {
      const { stdout } = await inNamespace(...node, join(folder, 'input.json'));
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ProbeOutput;
    } catch (error) {
      const text = await readFile(join(folder, 'console'), 'latin1').catch(() => 'nothing');
      throw new Error(`the probe failed; the machine's console ends with: ${text.slice(-3000)}`, { cause: error });
    }
  }

  it('boots by Anneal’s boot service, is looked up, and is spoken to by its own certificate', () => {
    assert.match(seen.version, /^13\./);
    assert.deepEqual(new Set(seen.disks.map(({ serial }) => serial)), new Set(['PROBE-A', 'PROBE-B']));
    assert.ok(seen.disks.every(({ size }) => size === 5 * 2 ** 30));
  });

  it('offers its steps, Anneal’s plug-in’s among them', () => {
    for (const step of ['erase_devices', 'erase_devices_metadata', 'verify_erasure'])
      assert.ok(seen.cleanSteps.includes(step), step);
    assert.ok(seen.deploySteps.includes('write_image'));
  });

  it('goes on with a step whose caller died, and runs it again for another key only', () => {
    assert.deepEqual(seen.adopted, [false, true]);
    assert.equal(seen.cleanCommands, 2);
  });

  it('fails in its own words', () => {
    assert.match(
      seen.unknownStep,
      /^AgentCommandFailed: clean\.execute_clean_step failed on the agent of node .*dance/,
    );
    assert.match(seen.wrongToken, /^AgentLost: .*Token invalid/);
    assert.match(seen.missingImage, /^AgentCommandFailed: .*404/);
  });

  it('writes image and config drive onto the disk that Anneal chose, then powers off', () => {
    assert.equal(seen.imageOnDisk, true);
    assert.equal(seen.labelsOnDisk, 1);
    assert.equal(seen.poweredOff, true);
  });
});
