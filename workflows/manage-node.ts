import { isTransient } from '../domain/provision-states.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { devices } from './proxies.ts';

/** Verifies a new node's BMC; a node that only changes its state needs no more than the claim. */
export function manageNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    if (isTransient(node.provisionState)) await verify(node);
    else await finish(node, null, 'Node is manageable.');
  });
}

async function verify(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  node.progress.now('verifying the BMC');
  await devices.verifyBmc.executeWithOptions({ summary: 'verify the BMC' }, [{ nodeUuid }]);
  await finish(node, 'done', 'The BMC answers; the node is manageable.');
}
