import { WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { deleteRescuePassword } from '../../../db/rescue-passwords.ts';
import { nodeWorkflowId } from '../../../domain/ids.ts';
import { UNHOLD_UPDATE } from '../../../workflows/messages.ts';
import { prepareOperation, startOperation } from '../operations.ts';
import type { Bench } from './bench.ts';
import type { Outcome } from './faults.ts';
import type { Scenario } from './scenarios.ts';

/** What is run: a scenario on one node, by the workers of a queue. */
export interface Run {
  readonly taskQueue: string;
  readonly nodeUuid: string;
  readonly scenario: Scenario;
}

/** Runs the workflow to its end, whatever that is. */
export async function operate(bench: Bench, run: Run): Promise<Outcome> {
  try {
    const result = await resultOf(await start(bench, run), run.scenario);
    return (result as { outcome?: Outcome } | undefined)?.outcome ?? 'done';
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return 'refused';
    if (error instanceof WorkflowFailedError) return error.cause instanceof CancelledFailure ? 'aborted' : 'failed';
    throw error;
  }
}

/** The result of a scenario's workflow, which is let go on where it is on hold. */
export async function resultOf(handle: WorkflowHandle, scenario: Scenario): Promise<unknown> {
  const ended = handle.result();
  if (scenario.letGo) await letGo(handle, ended);
  return await ended;
}

/** Says `unhold` until it is heard: refused while the operation is not on hold, unanswered where its worker is gone. */
async function letGo(handle: WorkflowHandle, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = ended.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  while (!isOver) {
    const heard = handle.executeUpdate(UNHOLD_UPDATE).then(
      () => true,
      () => sleep(50, false),
    );
    if (await Promise.race([heard, over])) return;
  }
}

/** The id of the workflow of a scenario on that node. */
export function workflowIdOf({ start: what }: Scenario, nodeUuid: string): string {
  return 'verb' in what ? nodeWorkflowId(nodeUuid) : `${what.workflow}:${nodeUuid}`;
}

async function start(
  { client, database: { pool } }: Bench,
  { taskQueue, nodeUuid, scenario }: Run,
): Promise<WorkflowHandle> {
  const what = scenario.start;
  if ('verb' in what) {
    const prepared = await prepareOperation(pool, { verb: what.verb, nodeUuid });
    const started = startOperation(client, { taskQueue, nodeUuid, ...what, ...prepared });
    return await started.catch(async (error: unknown) => {
      await deleteRescuePassword(pool, { nodeUuid, ...prepared });
      throw error;
    });
  }
  await what.prepare?.(pool, nodeUuid);
  const workflowId = workflowIdOf(scenario, nodeUuid);
  return await client.workflow.start(what.workflow, { workflowId, taskQueue, args: [what.input(nodeUuid)] });
}
