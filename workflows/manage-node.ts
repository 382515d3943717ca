import { isTransient } from '../domain/provision-states.ts';
import { automaticSteps, stepKey } from '../domain/steps.ts';
import { verifyBmc } from './device-calls.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { driverSteps } from './proxies.ts';

/** Verifies a new node's BMC; a node that only changes its state needs no more than the claim. */
export function manageNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    if (isTransient(node.provisionState)) await verify(node);
    else await finish(node, null, 'Node is manageable.');
  });
}

/** The driver's verify steps, out of band; most have a priority only where the operator gives them one. */
async function runVerifySteps({ plan, progress }: Operation): Promise<void> {
  const { nodeUuid, steps, stepPriorities } = plan;
  for (const step of automaticSteps(steps.verify, stepPriorities.verify)) {
    const summary = stepKey(step);
    progress.now(`verify step ${summary}`);
    await driverSteps.runDriverStep.executeWithOptions({ summary }, [{ nodeUuid, step }]);
  }
}

async function verify(node: Operation): Promise<void> {
  await verifyBmc(node);
  await runVerifySteps(node);
  await finish(node, 'done', 'The BMC answers; the node is manageable.');
}
