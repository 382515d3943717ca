import type { OperationInput } from './messages.ts';
import { finish, runOperation, type OperationResult } from './operation.ts';
import { restartTenant } from './tenant-boot.ts';

/** Brings a machine back from rescue: the tenant's own system is started from disk. */
export function unrescueNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    await restartTenant(node);
    await finish(node, 'done', 'The tenant’s system was started again; the node is active.');
  });
}
