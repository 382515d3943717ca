import { automaticSteps } from '../domain/steps.ts';
import { startAgent } from './agent-boot.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { devices } from './proxies.ts';
import { runSteps } from './steps.ts';

/** Deploys a tenant's image and starts it on the tenant's networks. */
export function deployNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, deployMachine);
}

/** The recipe of a deployment, and of a rebuild. */
export async function deployMachine(node: Operation): Promise<void> {
  await startAgent(node, { purpose: 'provisioning', resetBios: false, awaited: 'heartbeat' });
  await runSteps(node, 'deploy', automaticSteps([...node.plan.steps.deploy, ...(node.input.args.steps ?? [])]));
  await startTenant(node);
  await finish(node, 'done', 'The tenant’s system was started on its networks; the node is active.');
}

async function startTenant(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  node.progress.now('starting the tenant’s system on its networks');
  await devices.bootTenant.executeWithOptions({ summary: 'tenant networks, boot from disk' }, [{ nodeUuid }]);
}
