import { undoByParking } from './agent-boot.ts';
import { deployMachine } from './deploy-node.ts';
import type { OperationInput } from './messages.ts';
import { runOperation, type OperationResult } from './operation.ts';

/** Writes a tenant's image anew onto a machine that the tenant keeps. */
export function rebuildNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    // Noted before the first look at the image: "deploy failed" never hides a tenant's system that still runs.
    undoByParking(node);
    await deployMachine(node);
  });
}
