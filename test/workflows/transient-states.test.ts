import assert from 'node:assert/strict';
import { WorkflowFailedError } from '@temporalio/client';
import type { NodePlan } from '../../activities/records.ts';
import { DEADLINES } from '../../domain/deadlines.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { next, TRANSITIONS, WAIT_STATES, BUSY_STATES, type TransientState } from '../../domain/provision-states.ts';
import { WORKFLOW_OF_VERB } from '../../workflows/messages.ts';
import { openBench, type Activities, type Bench } from '../support/battery/bench.ts';
import { createGate } from '../support/battery/gate.ts';
import { prepareOperation, startOperation, type OperationOrder } from '../support/operations.ts';
import { addMachine, readSnapshot, VLANS, type Machine } from '../support/world.ts';
import { until } from '../support/until.ts';

/** How an operation is made to stay in a state: by a call that hangs, or by an agent that never calls. */
interface Stay {
  readonly verb: OperationOrder['verb'];
  readonly machine: Machine;
  readonly silentAgent?: true;
  readonly args?: OperationOrder['args'];
  /** Whether the machine is left as it was, rather than put away. */
  readonly isLeft?: true;
}

const hangs = (call: string) => ({ fake_faults: { [call]: { times: 1, hang_s: 60, code: 'BmcUnreachable' } } });
const free: Machine = { provisionState: 'available', vif: 'red' };
const managed: Machine = { provisionState: 'manageable' };
const tenants: Machine = { provisionState: 'active', tenant: 'red', vif: 'red' };

const SERVICE = {
  steps: [{ interface: 'firmware', step: 'update', priority: 0, args: { settings: [] } }],
} as const;

const STAYS: Readonly<Partial<Record<TransientState, Stay>>> = {
  verifying: { verb: 'manage', machine: { provisionState: 'enroll', driverInfo: hangs('power.getPowerState') } },
  inspecting: { verb: 'inspect', machine: { ...managed, driverInfo: hangs('inspect.inspect') } },
  cleaning: { verb: 'provide', machine: { ...managed, driverInfo: hangs('steps.deploy.erase_devices') } },
  deploying: { verb: 'deploy', machine: { ...free, driverInfo: hangs('steps.deploy.deploy') } },
  deleting: { verb: 'delete', machine: { ...tenants, driverInfo: hangs('power.setPowerState') } },
  rescuing: { verb: 'rescue', machine: { ...tenants, driverInfo: hangs('rescue.finishRescue') } },
  unrescuing: {
    verb: 'unrescue',
    machine: { ...tenants, provisionState: 'rescue', driverInfo: hangs('power.setPowerState') },
  },
  adopting: {
    verb: 'adopt',
    machine: { ...tenants, provisionState: 'manageable', driverInfo: hangs('power.getPowerState') },
    isLeft: true,
  },
  servicing: { verb: 'service', args: SERVICE, machine: { ...tenants, driverInfo: hangs('steps.firmware.update') } },
  'service wait': { verb: 'service', args: SERVICE, machine: tenants, silentAgent: true },
  'rescue wait': { verb: 'rescue', machine: tenants, silentAgent: true },
  'inspect wait': { verb: 'inspect', machine: managed, silentAgent: true },
  'clean wait': { verb: 'provide', machine: managed, silentAgent: true },
  'wait call-back': { verb: 'deploy', machine: free, silentAgent: true },
};
const DEADLINE_S = 3;

describe('every transient state that an operation can be in', () => {
  let patient: Bench;
  let impatient: Bench;
  const silent = new Set<string>();
  let aborts: Map<string, Promise<void>>;
  let lapses: Map<string, Promise<void>>;
  // One after the other: on the way, too, a deadline runs.
  const entrance = createGate(1);

  before(async () => {
    patient = await openBench({ adapt: (activities) => planned(activities, {}) });
    const deadlines = Object.fromEntries(Object.keys(DEADLINES).map((state) => [state, DEADLINE_S]));
    impatient = await openBench({ adapt: (activities) => planned(activities, deadlines) });
    // News of an abort comes with a heartbeat, seconds later: all wait at the same time.
    aborts = begun(abort);
    lapses = begun(lapse);
  });
  after(async () => {
    await patient.close();
    await impatient.close();
  });

  it('is in this test', () => {
    const begun = Object.keys(WORKFLOW_OF_VERB).flatMap((verb) => TRANSITIONS.filter((row) => row.verb === verb));
    const busy = begun.map(({ to }) => to as string).filter((to) => ([...BUSY_STATES] as string[]).includes(to));
    const waits = TRANSITIONS.filter(({ from, verb }) => verb === 'wait' && busy.includes(from)).map(({ to }) => to);
    const expected = new Set([...busy, ...waits.filter((to) => ([...WAIT_STATES] as string[]).includes(to))]);
    assert.deepEqual(new Set(Object.keys(STAYS)), expected);
  });

  for (const state of Object.keys(STAYS)) {
    it(`"${state}" can be aborted`, () => aborts.get(state) ?? assert.fail());
    it(`"${state}" ends by its deadline, with its cause`, () => lapses.get(state) ?? assert.fail());
  }

  /** Brings a machine into each state, where they stay side by side; what fails waits for its test. */
  function begun(run: (state: TransientState, stay: Stay) => Promise<void>): Map<string, Promise<void>> {
    const runs = Object.entries(STAYS).map(([state, stay]) => [state, run(state as TransientState, stay)] as const);
    for (const [, result] of runs) result.catch(() => {});
    return new Map(runs);
  }

  async function abort(state: TransientState, stay: Stay): Promise<void> {
    const nodeUuid = await entrance(() => reach(patient, state, stay));
    const handle = patient.client.workflow.getHandle(nodeWorkflowId(nodeUuid));
    await handle.cancel();
    await assert.rejects(handle.result(), WorkflowFailedError);
    assert.equal((await handle.describe()).status.name, 'CANCELLED');
    const lastError = await assertEnd(patient, nodeUuid, { stay, expected: next(state, 'abort') });
    assert.match(lastError, new RegExp(`^The operation was aborted on request in state "${state}" \\(.+\\)`));
  }

  async function lapse(state: TransientState, stay: Stay): Promise<void> {
    const nodeUuid = await entrance(() => reach(impatient, state, stay));
    const handle = impatient.client.workflow.getHandle(nodeWorkflowId(nodeUuid));
    await assert.rejects(handle.result(), WorkflowFailedError);
    const lastError = await assertEnd(impatient, nodeUuid, { stay, expected: next(state, 'fail') });
    assert.ok(lastError.startsWith(`Node was "${state}" for more than ${DEADLINE_S} s: ${DEADLINES[state].cause}`));
  }

  /** Tells the recipes of some nodes that an agent is used, and of all nodes what the deadlines are. */
  function planned(activities: Activities, deadlines: Partial<NodePlan['deadlines']>): Activities {
    const claim = activities['claimNode'];
    assert.ok(claim);
    return {
      ...activities,
      // The images are looked at by other tests; here the agent is what is waited for.
      prepareImage: () => Promise.resolve(),
      async claimNode(input) {
        const plan = (await claim(input)) as NodePlan;
        const agent = silent.has(input.nodeUuid) ? { usesAgent: true, inspectsItself: false } : {};
        return { ...plan, ...agent, deadlines: { ...plan.deadlines, ...deadlines } };
      },
    };
  }

  async function reach({ client, database, taskQueue }: Bench, state: TransientState, stay: Stay): Promise<string> {
    const { pool } = database;
    const { uuid: nodeUuid } = await addMachine(pool, stay.machine);
    if (stay.silentAgent) silent.add(nodeUuid);
    const order = { taskQueue, verb: stay.verb, nodeUuid, args: stay.args };
    await startOperation(client, { ...order, ...(await prepareOperation(pool, order)) });
    const isThere = async () => (await readSnapshot(pool, nodeUuid)).provisionState === state;
    await until(`the node in "${state}"`, isThere, { everyMs: 20 });
    return nodeUuid;
  }

  async function assertEnd(
    { database }: Bench,
    nodeUuid: string,
    { stay, expected }: { stay: Stay; expected: string | undefined },
  ): Promise<string> {
    const after = await readSnapshot(database.pool, nodeUuid);
    const { provisionState, reservation, operation, devicePower, vlans, session, maintenance, lastError } = after;
    assert.equal(provisionState, expected);
    assert.deepEqual({ reservation, operation, session, maintenance }, NOTHING_LEFT);
    assert.deepEqual([devicePower, ...vlans], stay.isLeft ? ['power on', VLANS.red] : ['power off', VLANS.parked]);
    return lastError ?? '';
  }
});

const NOTHING_LEFT = { reservation: null, operation: null, session: false, maintenance: false };
