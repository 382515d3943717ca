import { sleep } from '@temporalio/workflow';
import { putAway, undoByParking } from './agent-boot.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, write, type Operation, type OperationResult } from './operation.ts';
import { records } from './proxies.ts';
import { startTenant } from './tenant-boot.ts';

/** A call of a workflow that was terminated may go on until its heartbeat time-out (workflows/proxies.ts). */
const LEASE = '20 seconds';

/** An abort where nothing runs: a service that failed is given up, or a node is taken over whose operation is gone. */
export function recoverNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, (node) => (node.provisionState === 'active' ? giveServiceUp(node) : takeOver(node)));
}

/** A machine whose service failed goes back to its tenant. */
async function giveServiceUp(node: Operation): Promise<void> {
  undoByParking(node);
  await startTenant(node);
  await finish(node, null, 'The service was given up; the tenant’s system runs on its networks.');
}

/**
 * The operation is gone although the node's state said otherwise (somebody terminated the workflow): the claim gave
 * the node its failed state, and the machine is put away.
 */
async function takeOver(node: Operation): Promise<void> {
  undoByParking(node);
  node.progress.now('waiting for what the ended operation may still do');
  await sleep(LEASE, { summary: 'calls of the ended operation run out' });
  await putAway(node);
  const lastError =
    'The operation was ended from outside, without a word; the machine was powered off and its ports parked.';
  const { ref, input } = node;
  await write(() => records.failNode({ ...ref, verb: input.verb, ending: null, lastError, leftBehind: null }));
  node.progress.ended(lastError);
}
