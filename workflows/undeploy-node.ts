import { undoByParking } from './agent-boot.ts';
import { cleanMachine } from './clean-node.ts';
import type { OperationInput } from './messages.ts';
import { arrive, runOperation, write, type Operation, type OperationResult } from './operation.ts';
import { devices, records } from './proxies.ts';

/** Takes a machine back from its tenant and cleans it. */
export function undeployNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    await takeBack(node);
    await forgetTenant(node);
    await cleanMachine(node);
  });
}

async function takeBack(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  undoByParking(node);
  node.progress.now('powering off, taking the machine from its networks');
  await devices.parkNode.executeWithOptions({ summary: 'power off, park ports' }, [{ nodeUuid }]);
}

async function forgetTenant(node: Operation): Promise<void> {
  arrive(node, await write(() => records.releaseInstance(node.ref)));
}
