import { startAgent } from './agent-boot.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { listSteps, needAgent, requireAllowed, requireOffered, runSteps } from './steps.ts';
import { startTenant } from './tenant-boot.ts';

/** Services a tenant's machine in place: the steps that were asked for, then the tenant's system again. */
export function serviceNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    requireAllowed(node, 'service', node.input.args.steps);
    const booted = needAgent(node, 'service');
    if (booted) await startAgent(node, { purpose: 'servicing', resetBios: false, awaited: 'heartbeat' });
    await runServiceSteps(node);
    if (booted) await startTenant(node);
    await finish(node, 'done', 'The service steps are done; the node is active.');
  });
}

async function runServiceSteps(node: Operation): Promise<void> {
  const wanted = node.input.args.steps ?? [];
  requireOffered(wanted, { operation: node, kind: 'service', offered: await listSteps(node, 'service') });
  await runSteps(node, 'service', wanted);
}
