import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFakeDevice } from '../../db/fake-devices.ts';
import { setMaintenance } from '../../db/nodes.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import type { Step } from '../../domain/steps.ts';
import { createSite, type NodeWishes, type Site } from './support/site.ts';
import { until } from '../support/until.ts';

const POWER_ON: Step = { interface: 'power', step: 'power_on', priority: 0, executeOnChildNodes: true };
const LOG: Step = { interface: 'vendor', step: 'log_passthrough', priority: 0, executeOnChildNodes: true };

describe('a step on child nodes', () => {
  let site: Site;
  before(async () => (site = await createSite()));
  after(() => site.close());

  it('is run on each of them, and not on the node itself', async () => {
    const { parent, children } = await family([{}, { provisionState: 'available' }]);
    await site.run('service', parent, { steps: [POWER_ON, LOG] });
    assert.equal((await site.node(parent)).provisionState, 'active');
    assert.deepEqual(await callsOf(parent), {});
    for (const child of children)
      assert.deepEqual(await callsOf(child), { 'power on': 1, 'step vendor.log_passthrough': 1 });
    const states = await Promise.all(children.map(async (uuid) => (await site.node(uuid)).provisionState));
    assert.deepEqual(states, ['enroll', 'available']);
  });

  it('is run only on those that it names, and on none where there is none', async () => {
    const { parent, children } = await family([{}, {}]);
    const [, second = ''] = children;
    await site.run('clean', await managed(parent), { steps: [{ ...POWER_ON, limitChildNodeExecution: [second] }] });
    assert.deepEqual(await Promise.all(children.map(callsOf)), [{}, { 'power on': 1 }]);
    const { parent: childless } = await family([]);
    await site.run('service', childless, { steps: [POWER_ON] });
    assert.equal((await site.node(childless)).provisionState, 'active');
  });

  it('is done on no child when one is busy, in maintenance or unable', async () => {
    const hindrances: [(uuid: string) => Promise<unknown>, Step, RegExp][] = [
      [(uuid) => site.start('power', uuid, ON), POWER_ON, /is locked by host test-worker; nothing was done/],
      [
        (nodeUuid) => setMaintenance(site.tools.db, { nodeUuid, maintenance: true, reason: 'fans' }),
        POWER_ON,
        /is in maintenance mode \(fans\); nothing was done/,
      ],
      [() => Promise.resolve(), { ...LOG, step: 'polish' }, /does not offer the service step vendor\.polish/],
      [() => Promise.resolve(), { ...LOG, step: 'hold' }, /not for its children/],
    ];
    for (const [hinder, step, words] of hindrances) {
      const { parent, children } = await family([{}, { driverInfo: { fake_power_delay_s: 2 } }]);
      await hinder(children[1] ?? '');
      await failsWith(parent, [step], words);
      assert.deepEqual(await callsOf(children[0] ?? ''), {});
    }
  });

  it('is done on no child when another operation takes one at the last moment', async () => {
    const { parent, children } = await family([{}, {}]);
    const [first = '', second = ''] = children;
    // Its lock is taken, and its row doesn't show it yet.
    const other = await site.client.workflow.start('sweepPower', {
      workflowId: nodeWorkflowId(second),
      taskQueue: `nobody-${randomUUID()}`,
      args: [{ site: '' }],
    });
    await failsWith(parent, [POWER_ON], /Child node .* is locked by another operation/);
    await other.terminate();
    assert.deepEqual([await callsOf(first), await callsOf(second)], [{}, {}]);
    const { reservation, lastError } = await site.node(first);
    assert.deepEqual({ reservation, lastError }, { reservation: null, lastError: null });
    await site.run('power', first, ON);
    assert.deepEqual(await callsOf(first), { 'power on': 1 });
  });

  it('ends at the child that fails, and says which it is', async () => {
    const fake_faults = { 'steps.vendor.log_passthrough': { times: 100, code: 'BmcRefused' } };
    const { parent, children } = await family([{}, { driverInfo: { fake_faults } }, {}]);
    const { name } = await site.node(children[1] ?? '');
    await failsWith(parent, [LOG], new RegExp(`^Child node ${name}: .*log_passthrough on purpose`));
    const done = { 'step vendor.log_passthrough': 1 };
    assert.deepEqual(await Promise.all(children.map(callsOf)), [done, {}, {}]);
    const errors = await Promise.all(children.map(async (uuid) => (await site.node(uuid)).lastError));
    assert.deepEqual([errors[0], errors[2]], [null, null]);
    assert.match(errors[1] ?? '', /on purpose/);
  });

  it('is broken off with its parent’s operation; the child stays in its state', async () => {
    const slow = { fake_vendor_delay_s: 30 };
    const { parent, children } = await family([{ provisionState: 'service failed', driverInfo: slow }, {}]);
    const { handle } = await site.start('service', parent, { steps: [LOG] });
    const [first = '', second = ''] = children;
    await until('a call of the child', async () => Object.keys(await callsOf(first)).length > 0);
    await handle.cancel();
    await assert.rejects(handle.result());
    const { lastError, provisionState } = await site.node(parent);
    assert.equal(provisionState, 'service failed');
    assert.match(
      lastError ?? '',
      /^The operation was aborted on request in state "servicing" \(step vendor\.log_passthrough on child node/,
    );
    const broken = await site.node(first);
    assert.deepEqual([broken.provisionState, broken.reservation], ['service failed', null]);
    assert.match(broken.lastError ?? '', /^The operation was aborted on request/);
    assert.deepEqual(await callsOf(second), {});
    assert.equal((await site.node(second)).lastError, null);
  });

  it('is broken off at any moment of the taking of its children, also of one that is just being started', async () => {
    const abortedAfter = async (ms: number) => {
      const { parent, children } = await family([{}, {}, {}]);
      const { handle } = await site.start('service', parent, { steps: [POWER_ON] });
      await sleep(ms);
      await handle.cancel();
      await handle.result().catch(() => {});
      for (const uuid of [parent, ...children]) assert.equal((await site.node(uuid)).reservation, null);
    };
    for (let round = 0; round < 6; round += 1)
      await Promise.all(Array.from({ length: 12 }, (_, index) => abortedAfter(15 * index + 2 * round)));
  });

  const ON = { power: { target: 'power on', timeoutS: null } } as const;

  async function family(parts: readonly NodeWishes[]): Promise<{ parent: string; children: string[] }> {
    const { uuid: parent } = await site.addNode({ provisionState: 'active' });
    const children: string[] = [];
    for (const part of parts) {
      const { uuid } = await site.addNode(part);
      await site.tools.db.query('update nodes set parent_node = $2::uuid where uuid = $1::uuid', [uuid, parent]);
      children.push(uuid);
    }
    return { parent, children };
  }

  async function managed(uuid: string): Promise<string> {
    await site.tools.db.query(`update nodes set provision_state = 'manageable' where uuid = $1::uuid`, [uuid]);
    return uuid;
  }

  async function failsWith(parent: string, steps: readonly Step[], words: RegExp): Promise<void> {
    await assert.rejects(site.run('service', parent, { steps }));
    const { provisionState, lastError } = await site.node(parent);
    assert.equal(provisionState, 'service failed');
    assert.match(lastError ?? '', words);
  }

  async function callsOf(uuid: string): Promise<Readonly<Record<string, number>>> {
    return (await readFakeDevice(site.tools.db, uuid)).calls;
  }
});
