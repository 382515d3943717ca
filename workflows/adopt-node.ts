import { verifyBmc } from './device-calls.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { devices } from './proxies.ts';

/** Takes over a machine that runs somebody's work already: its power and its networks stay as they are. */
export function adoptNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    await verifyBmc(node);
    await bootFromDisk(node);
    await finish(node, 'done', 'The machine was adopted as it is; the node is active.');
  });
}

/** So that it comes back to its own system when it is started again. */
async function bootFromDisk(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  node.progress.now('selecting the disk to boot from');
  await devices.setBootDevice.executeWithOptions({ summary: 'boot from disk' }, [
    { nodeUuid, device: 'disk', persistent: true },
  ]);
}
