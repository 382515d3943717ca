import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { readFakeDevice } from '../../db/fake-devices.ts';
import { next, type HELD_STATES, type ProvisionState } from '../../domain/provision-states.ts';
import { UNHOLD_UPDATE, type OperationArgs } from '../../workflows/messages.ts';
import type { Started } from '../support/operations.ts';
import { createSite, type Site } from './support/site.ts';
import { until } from '../support/until.ts';

/** How an operation comes to hold in a state, and where it ends when it is let go on. */
interface Hold {
  readonly from: ProvisionState;
  readonly verb: 'clean' | 'deploy' | 'service';
  readonly ends: ProvisionState;
}

const HOLDS: Readonly<Record<(typeof HELD_STATES)[number], Hold>> = {
  'clean hold': { from: 'manageable', verb: 'clean', ends: 'manageable' },
  'deploy hold': { from: 'available', verb: 'deploy', ends: 'active' },
  'service hold': { from: 'active', verb: 'service', ends: 'active' },
};
const HOLD_STEP = { interface: 'deploy', step: 'hold', priority: 50 } as const;

describe('steps that every machine has', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = await createSite({ ANNEAL_CALLBACK_TIMEOUT_S: '2' });
  });
  after(() => site.close());

  for (const [name, hold] of Object.entries(HOLDS)) {
    const state = name as keyof typeof HOLDS;

    it(`"${state}" lasts until unhold, and the operation goes on`, async () => {
      const { handle, uuid } = await start(hold, { steps: [HOLD_STEP] });
      await reach(uuid, state);
      const held = await site.node(uuid);
      const shown = [held.cleanStep, held.deployStep, held.serviceStep].flatMap((step) => step?.step ?? []);
      assert.deepEqual(shown, ['hold']);
      assert.equal(held.reservation, null, 'nobody works on it');
      // Longer than the deadline of the states that wait for an agent.
      await sleep(2500);
      assert.equal((await site.node(uuid)).provisionState, state);
      await handle.executeUpdate(UNHOLD_UPDATE);
      assert.notEqual((await site.node(uuid)).provisionState, state);
      await handle.result();
      const node = await site.node(uuid);
      assert.deepEqual([node.provisionState, node.lastError, node.reservation], [hold.ends, null, null]);
      assert.deepEqual([node.cleanStep, node.deployStep, node.serviceStep], [null, null, null]);
    });

    it(`"${state}" can be aborted`, async () => {
      const { handle, uuid } = await start(hold, { steps: [HOLD_STEP] });
      await reach(uuid, state);
      await handle.cancel();
      await assert.rejects(handle.result());
      const node = await site.node(uuid);
      assert.equal(node.provisionState, next(state, 'abort'));
      assert.match(
        node.lastError ?? '',
        new RegExp(`^The operation was aborted on request in state "${state}" \\(on hold`),
      );
    });
  }

  it('wait pauses for its seconds, longer than an agent may be silent', async () => {
    const wait = { interface: 'deploy', step: 'wait', priority: 0, args: { seconds: 3 } } as const;
    const started = Date.now();
    const { handle, uuid } = await start(HOLDS['service hold'], { steps: [wait] });
    await reach(uuid, 'service wait');
    await assert.rejects(handle.executeUpdate(UNHOLD_UPDATE), WorkflowUpdateFailedError);
    await handle.result();
    assert.ok(Date.now() - started >= 3000);
    assert.equal((await site.node(uuid)).provisionState, 'active');
  });

  it('wait without seconds ends by the deadline where no agent calls', async () => {
    const wait = { interface: 'deploy', step: 'wait', priority: 0 } as const;
    const { handle, uuid } = await start(HOLDS['service hold'], { steps: [wait] });
    await assert.rejects(handle.result());
    const node = await site.node(uuid);
    assert.equal(node.provisionState, 'service failed');
    assert.match(node.lastError ?? '', /"service wait" for more than 2 s/);
  });

  it('power_off, power_on and reboot do so, without a ramdisk', async () => {
    const steps = ['power_on', 'reboot', 'power_off'].map(
      (step) => ({ interface: 'power', step, priority: 0 }) as const,
    );
    const { handle, uuid } = await start(HOLDS['clean hold'], { steps, disableRamdisk: true });
    await handle.result();
    const { calls, powerState } = await readFakeDevice(site.tools.db, uuid);
    assert.deepEqual(calls, { 'power on': 2, 'power off': 2 });
    assert.equal(powerState, 'power off');
  });

  it('refuses, before anything is done, steps that need a ramdisk when none is booted', async () => {
    const steps = [{ interface: 'firmware', step: 'update', priority: 0, args: { settings: [] } } as const];
    const { handle, uuid } = await start(HOLDS['service hold'], { steps, disableRamdisk: true });
    await assert.rejects(handle.result());
    assert.match((await site.node(uuid)).lastError ?? '', /firmware\.update requires booting a ramdisk/);
    assert.deepEqual((await readFakeDevice(site.tools.db, uuid)).calls, {});
  });

  async function start({ from, verb }: Hold, args: OperationArgs): Promise<Pick<Started, 'handle'> & { uuid: string }> {
    const { uuid } = await site.addNode({ provisionState: from });
    const { handle } = await site.start(verb, uuid, args);
    return { handle, uuid };
  }

  async function reach(uuid: string, state: ProvisionState): Promise<void> {
    await until(`the node in "${state}"`, async () => (await site.node(uuid)).provisionState === state);
  }
});
