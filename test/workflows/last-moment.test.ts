import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { pino } from 'pino';
import { readConfig } from '../../api/config.ts';
import { namedCaller } from '../../api/auth/caller.ts';
import { startOperation } from '../../api/operations.ts';
import type { RequestContext } from '../../api/route.ts';
import { getNodeByUuid } from '../../db/nodes.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { AGENT_HEARTBEAT_SIGNAL } from '../../workflows/messages.ts';
import type { OperationResult } from '../../workflows/operation.ts';
import { openBench, type Bench } from '../support/battery/bench.ts';
import { addMachine, readSnapshot, type Machine } from '../support/world.ts';

/** What arrives right after the node's row says how the operation ended, before Temporal knows. */
type Arrival = (handle: WorkflowHandle) => Promise<unknown>;

describe('an event that arrives while the last workflow task ends', () => {
  let bench: Bench;
  const site = `site-${randomUUID()}`;
  const arrivals = new Map<string, Arrival>();
  let arrived = 0;

  before(async () => {
    bench = await openBench({
      site,
      adapt: (activities) => ({
        ...activities,
        finishNode: followed(activities['finishNode']),
        failNode: followed(activities['failNode']),
      }),
    });
  });
  after(() => bench.close());

  it('does not turn an aborted operation into a done one', async () => {
    const { handle, nodeUuid } = await startLate({ provisionState: 'enroll' }, (running) =>
      running.signal(AGENT_HEARTBEAT_SIGNAL, { bootId: 'of another time' }),
    );
    await handle.cancel();
    await assert.rejects(handle.result(), WorkflowFailedError);
    assert.equal((await handle.describe()).status.name, 'CANCELLED');
    const { provisionState, lastError } = await readSnapshot(bench.database.pool, nodeUuid);
    assert.equal(provisionState, 'enroll');
    assert.match(lastError ?? '', /^The operation was aborted on request in state "verifying"/);
  });

  it('does not turn a done operation into a refused or aborted one', async () => {
    const { handle, nodeUuid } = await startLate({ provisionState: 'available' }, (running) => running.cancel());
    assert.deepEqual(await handle.result(), { outcome: 'done', provisionState: 'manageable' });
    const { provisionState, lastError, history } = await readSnapshot(bench.database.pool, nodeUuid);
    assert.deepEqual([provisionState, lastError, history], ['manageable', null, 2]);
  });

  it('is no error to the client whose request began and ended in that task', async () => {
    const { database, client } = bench;
    const { uuid: nodeUuid } = await addMachine(database.pool, { provisionState: 'available' });
    arrivals.set(nodeUuid, (running) => running.signal(AGENT_HEARTBEAT_SIGNAL, { bootId: 'of another time' }));
    await database.pool.query('update nodes set conductor_group = $2::text where uuid = $1::uuid', [nodeUuid, site]);
    const node = await getNodeByUuid(database.pool, nodeUuid);
    assert.ok(node);
    const config = readConfig({ DATABASE_URL: database.url });
    const tools = { db: database.pool, temporal: client, config, log: pino({ level: 'silent' }) };
    const context = { requestId: `req-${randomUUID()}`, caller: namedCaller(null) } as RequestContext;
    const handle = await startOperation(tools, { node, verb: 'manage', args: {} }, context);
    assert.deepEqual(await handle.result(), { outcome: 'done', provisionState: 'manageable' });
  });

  afterEach(() => {
    assert.equal(arrived, 1, 'the event never arrived');
    arrived = 0;
  });

  function followed(write: Activity | undefined): Activity {
    assert.ok(write);
    return async (input) => {
      const ending = await write(input);
      const arrival = arrivals.get(input.nodeUuid);
      arrivals.delete(input.nodeUuid);
      if (arrival !== undefined) arrived += 1;
      await arrival?.(bench.client.workflow.getHandle(nodeWorkflowId(input.nodeUuid)));
      return ending;
    };
  }

  /** Starts "manage" so late that what is sent to the workflow meanwhile is in its first task. */
  async function startLate(machine: Machine, arrival: Arrival) {
    const { uuid: nodeUuid } = await addMachine(bench.database.pool, machine);
    arrivals.set(nodeUuid, arrival);
    const request = { requestId: `req-${randomUUID()}`, username: null };
    const handle = await bench.client.workflow.start<(input: object) => Promise<OperationResult>>('manageNode', {
      workflowId: nodeWorkflowId(nodeUuid),
      taskQueue: bench.taskQueue,
      startDelay: '1 second',
      args: [{ nodeUuid, request, verb: 'manage', args: {} }],
    });
    return { handle, nodeUuid };
  }
});

type Activity = (input: { nodeUuid: string }) => Promise<unknown>;
