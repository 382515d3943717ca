import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listEventsOfRuns } from '../../db/node-events.ts';
import { LOOKING, WAITS, type Plan, type PlannedAction } from '../../domain/plans.ts';
import { openBench, type Bench } from '../support/battery/bench.ts';
import { resultOf } from '../support/battery/operate.ts';
import { SCENARIOS, type Scenario } from '../support/battery/scenarios.ts';
import { addSubject, makeSupplies, type Supplies } from '../support/battery/subjects.ts';
import { prepareOperation, startOperation } from '../support/operations.ts';

/** Every verb on every kind of machine that the battery knows, where nothing fails on purpose. */
const VERBS = Object.entries(SCENARIOS).flatMap(([name, scenario]) =>
  'verb' in scenario.start && scenario.outcome === undefined ? [{ name, scenario, start: scenario.start }] : [],
);

describe('the plan of a verb', function () {
  this.timeout(180_000);
  let folder: string;
  let bench: Bench;
  let supplies: Supplies;
  let compared = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-plan-'));
    const env = { ANNEAL_IMAGE_CACHE: join(folder, 'cache'), ANNEAL_IMAGE_FOLDERS: folder };
    [bench, supplies] = await Promise.all([openBench({ env }), makeSupplies(folder)]);
  });
  after(async () => {
    await bench?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Everything in the database about this node: a plan may change none of it. */
  async function everythingOf(nodeUuid: string): Promise<string[]> {
    const { rows } = await bench.database.pool.query<{ row: string }>(
      `select to_jsonb(n)::text as row from nodes n where uuid = $1::uuid
       union all select to_jsonb(d)::text from fake_devices d where node_uuid = $1::uuid
       union all select to_jsonb(p)::text from fake_switch_ports p where switch = 'switch-' || $1::text
       union all select to_jsonb(s)::text from agent_sessions s where node_uuid = $1::uuid
       union all select to_jsonb(h)::text from node_history h where node_uuid = $1::uuid
       union all select to_jsonb(e)::text from node_events e where node_uuid = $1::uuid
       union all select to_jsonb(r)::text from erasure_records r where node_uuid = $1::uuid
       union all select to_jsonb(i)::text from node_inventory i where node_uuid = $1::uuid
       union all select to_jsonb(v)::text from vif_attachments v where node_uuid = $1::uuid`,
      [nodeUuid],
    );
    return rows.map(({ row }) => row);
  }

  async function plan(
    { nodeUuid, requestId }: { readonly nodeUuid: string; readonly requestId: string },
    { verb, args = {} }: Extract<Scenario['start'], { verb: unknown }>,
  ): Promise<Plan> {
    const request = { requestId, username: null };
    return await bench.client.workflow.execute<(input: object) => Promise<Plan>>('planNode', {
      workflowId: `plan:${nodeUuid}`,
      taskQueue: bench.taskQueue,
      args: [{ nodeUuid, request, verb, args }],
    });
  }

  /** What was really asked of the devices, without what only looks. */
  async function asked(run: string, nodeUuid: string): Promise<PlannedAction[]> {
    const { rows } = await bench.database.pool.query<{ run: string }>(
      `select distinct e.operation_run as run from node_events e join nodes c on c.uuid = e.node_uuid
        where c.parent_node = $1::uuid and e.operation_run is not null`,
      [nodeUuid],
    );
    const events = await listEventsOfRuns(bench.database.pool, [run, ...rows.map((row) => row.run)]);
    return events.flatMap(({ type, data }) =>
      type === 'call ended' ? data.answers.map(({ device, action }) => ({ call: data.call, device, action })) : [],
    );
  }

  const changes = (actions: readonly PlannedAction[]) =>
    actions
      .filter(({ device, action }) => device !== 'agent' && !LOOKING.has(action))
      .map(({ call, device, action }) => `${call}: ${device} ${action}`);

  for (const { name, scenario, start } of VERBS) {
    it(`is what happens then: ${name}`, async () => {
      const subject = await addSubject(bench, supplies, scenario);
      try {
        const order = { taskQueue: bench.taskQueue, nodeUuid: subject.nodeUuid, ...start };
        const prepared = await prepareOperation(bench.database.pool, order);
        const before = [await subject.snapshot(), await everythingOf(subject.nodeUuid)];
        const planned = await plan({ ...order, ...prepared }, start);
        assert.deepEqual(
          [await subject.snapshot(), await everythingOf(subject.nodeUuid)],
          before,
          'nothing is written',
        );
        assert.deepEqual(planned.present.unknown, []);
        const handle = await startOperation(bench.client, { ...order, ...prepared });
        await resultOf(handle, scenario);
        const { runId } = await handle.describe();
        const real = changes(await asked(runId, subject.nodeUuid));
        const told = planned.assumptions.includes(WAITS) ? real.slice(0, changes(planned.actions).length) : real;
        assert.deepEqual(changes(planned.actions), told);
        compared += real.length;
        if (told === real) assert.equal(planned.ends, (await subject.snapshot()).provisionState);
      } finally {
        await subject.close();
      }
    });
  }

  it('was compared where there is something to do', () => {
    assert.ok(compared >= 30, `${compared} actions were compared`);
  });
});
