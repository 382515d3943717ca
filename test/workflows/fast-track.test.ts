import assert from 'node:assert/strict';
import { getAgentSession } from '../../db/agent-sessions.ts';
import { createAgentSite, type AgentSite } from './support/agent-site.ts';

describe('fast track', function () {
  this.timeout(120_000);
  let site: AgentSite;
  before(async () => {
    site = await createAgentSite({ ANNEAL_FAST_TRACK: 'true' });
  });
  after(() => site.close());

  const add = (driverInfo = {}) => site.addMachine({ bios_reset: false, ...driverInfo });

  it('inspects, cleans and deploys with one boot of the agent', async () => {
    const machine = await add();
    const { nodeUuid } = machine;
    await site.run('inspect', nodeUuid);
    await site.run('provide', nodeUuid);
    const node = await site.node(nodeUuid);
    assert.deepEqual([node.provisionState, node.powerState], ['available', 'power on']);
    assert.deepEqual(machine.orders, ['on from pxe']);
    assert.ok(machine.done().includes('verify_erasure'));
    await site.setInstance(nodeUuid, await site.makeImage());
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
});

const ERASE = { interface: 'deploy', step: 'erase_devices', priority: 0 } as const;
