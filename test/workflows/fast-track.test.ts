import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getAgentSession } from '../../db/agent-sessions.ts';
import { addMachine, type Machine } from './support/machine.ts';
import { createSite, type Site } from './support/site.ts';

describe('fast track', function () {
  this.timeout(120_000);
  let site: Site;
  let folder: string;
  const machines: Machine[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-fast-track-'));
    site = await createSite({
      ANNEAL_FAST_TRACK: 'true',
      ANNEAL_IMAGE_CACHE: join(folder, 'cache'),
      ANNEAL_IMAGE_FOLDERS: folder,
      ANNEAL_CALLBACK_TIMEOUT_S: '5',
    });
  });
  after(async () => {
    for (const machine of machines) await machine.close();
    await site.close();
    await rm(folder, { recursive: true });
  });

  const add = async (driverInfo = {}): Promise<Machine> => {
    const machine = await addMachine(site, { driverInfo: { bios_reset: false, ...driverInfo } });
    machines.push(machine);
    return machine;
  };

  it('inspects, cleans and deploys with one boot of the agent', async () => {
    const machine = await add();
    const { nodeUuid } = machine;
    await site.run('inspect', nodeUuid);
    await site.run('provide', nodeUuid);
    const node = await site.node(nodeUuid);
    assert.deepEqual([node.provisionState, node.powerState], ['available', 'power on']);
    assert.deepEqual(machine.orders, ['on from pxe']);
    assert.ok(machine.done().includes('verify_erasure'));
    await setImage(nodeUuid);
    await site.run('deploy', nodeUuid);
    assert.deepEqual(machine.orders, ['on from pxe', 'off', 'on from disk']);
    assert.equal((await site.node(nodeUuid)).provisionState, 'active');
    assert.equal(await getAgentSession(site.tools.db, nodeUuid), undefined);
  });

  it('boots anew when the agent has gone, or has started again', async () => {
    const machine = await add();
    await site.run('inspect', machine.nodeUuid);
    machine.agent.restart();
    await site.run('clean', machine.nodeUuid, { steps: [ERASE] }).catch(() => {});
    assert.deepEqual(machine.orders.slice(0, 3), ['on from pxe', 'off', 'on from pxe']);
  });

  it('boots anew for a BIOS reset, and where the node says that it is not on the fast track', async () => {
    for (const driverInfo of [{ bios_reset: true }, { fast_track: false }]) {
      const machine = await add(driverInfo);
      await site.run('inspect', machine.nodeUuid);
      await site.run('provide', machine.nodeUuid);
      assert.deepEqual(machine.orders.slice(0, 3), ['on from pxe', 'off', 'on from pxe'], JSON.stringify(driverInfo));
    }
  });

  async function setImage(nodeUuid: string): Promise<void> {
    const bytes = randomBytes(4096);
    bytes.writeUInt16BE(0x55aa, 510);
    const path = join(folder, 'image.raw');
    await writeFile(path, bytes);
    const info = {
      image_source: `file://${path}`,
      image_checksum: createHash('sha256').update(bytes).digest('hex'),
    };
    await site.tools.db.query('update nodes set instance_info = $2::jsonb where uuid = $1::uuid', [
      nodeUuid,
      JSON.stringify(info),
    ]);
  }
});

const ERASE = { interface: 'deploy', step: 'erase_devices', priority: 0 } as const;
