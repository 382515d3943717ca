import { WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { OperationResult } from '../../../workflows/operation.ts';
import { startOperation } from '../operations.ts';
import type { Bench } from './bench.ts';
import type { Outcome } from './faults.ts';
import type { Scenario } from './scenarios.ts';

/** Runs the operation to its end, whatever that is. */
export async function operate(
  { client }: Bench,
  { taskQueue, nodeUuid, scenario }: { taskQueue: string; nodeUuid: string; scenario: Scenario },
): Promise<Outcome> {
  try {
    const { verb, args } = scenario;
    const handle: WorkflowHandle<() => Promise<OperationResult>> = await startOperation(client, {
      taskQueue,
      verb,
      nodeUuid,
      args,
    });
    return (await handle.result()).outcome;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return 'refused';
    if (error instanceof WorkflowFailedError) return error.cause instanceof CancelledFailure ? 'aborted' : 'failed';
    throw error;
  }
}
