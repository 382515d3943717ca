import { startAgent } from './agent-boot.ts';
import type { OperationInput } from './messages.ts';
import { bootOf, finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { devices, records } from './proxies.ts';

/** Boots a tenant's machine into a rescue system that the tenant can log in to. */
export function rescueNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    undoByForgetting(node);
    await startAgent(node, { purpose: 'rescuing', resetBios: false, awaited: 'heartbeat' });
    await setPassword(node);
    await joinTenant(node);
    await finish(node, 'done', 'The rescue system runs on the tenant’s networks.');
  });
}

/** Notes that the password must not outlive a rescue that fails. */
function undoByForgetting({ undo, plan: { nodeUuid }, input: { request } }: Operation): void {
  const { requestId } = request;
  undo.add('forget the rescue password', () => records.forgetRescuePassword({ nodeUuid, requestId }));
}

async function setPassword(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  const { requestId } = node.input.request;
  node.progress.now('setting the rescue password');
  const { bootId } = bootOf(node);
  await devices.finishRescue.executeWithOptions({ summary: 'set the rescue password' }, [
    { nodeUuid, requestId, bootId },
  ]);
}

/** The rescue system runs on while its ports move. */
async function joinTenant(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  node.progress.now('moving the ports onto the tenant’s networks');
  await devices.flipPorts.executeWithOptions({ summary: 'ports onto the tenant’s networks' }, [{ nodeUuid }]);
}
