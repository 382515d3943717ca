import { putAway, startAgent } from './agent-boot.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, write, type Operation, type OperationResult } from './operation.ts';
import { driverSteps, records } from './proxies.ts';

/** Takes a node's inventory: by its driver where that can, else in band, by the agent. */
export function inspectNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    if (node.plan.inspectsItself) await askDriver(node);
    else await askAgent(node);
    await write(() => records.applyInventory(node.ref));
    await finish(node, 'done', 'The inventory was taken; the node is manageable.');
  });
}

async function askDriver(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  node.progress.now('taking the inventory');
  await driverSteps.inspectByDriver.executeWithOptions({ summary: 'take the inventory' }, [{ nodeUuid }]);
}

async function askAgent(node: Operation): Promise<void> {
  await startAgent(node, { purpose: 'inspection', resetBios: false, awaited: 'inventory' });
  await putAway(node);
}
