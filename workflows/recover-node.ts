import { sleep } from '@temporalio/workflow';
import { putAway, undoByParking } from './agent-boot.ts';
import type { OperationInput } from './messages.ts';
import { runOperation, write, type OperationResult } from './operation.ts';
import { records } from './proxies.ts';

/** A call of a workflow that was terminated may go on until its heartbeat time-out (workflows/proxies.ts). */
const LEASE = '20 seconds';

/**
 * Takes over a node whose operation is gone although its state says otherwise (somebody terminated the
 * workflow): the claim gives it its failed state, and the machine is put away.
 */
export function recoverNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    undoByParking(node);
    node.progress.now('waiting for what the ended operation may still do');
    await sleep(LEASE, { summary: 'calls of the ended operation run out' });
    await putAway(node);
    const lastError =
      'The operation was ended from outside, without a word; the machine was powered off and its ports parked.';
    const { ref } = node;
    await write(() => records.failNode({ ...ref, verb: input.verb, ending: null, lastError, leftBehind: null }));
    node.progress.ended(lastError);
  });
}
