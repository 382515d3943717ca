import { automaticSteps } from '../domain/steps.ts';
import { putAway, startAgent } from './agent-boot.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { runSteps } from './steps.ts';

/** Cleans a node: automated before it becomes available, by a schedule, or manual with given steps. */
export function cleanNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, (node) => (input.verb === 'clean' ? cleanByHand(node) : cleanMachine(node)));
}

/** The automated cleaning: everything is erased and reset, and proved to be, or the node doesn't become available. */
export async function cleanMachine(node: Operation): Promise<void> {
  const { automatedClean, biosReset } = node.plan;
  if (automatedClean) {
    await startAgent(node, { purpose: 'cleaning', resetBios: biosReset, awaited: 'heartbeat' });
    await runSteps(node, 'clean', automaticSteps(node.plan.steps.clean));
    await putAway(node);
  }
  const gate = { biosReset: automatedClean && biosReset, waived: !automatedClean };
  await finish(
    node,
    'done',
    automatedClean
      ? 'Node is clean and available.'
      : 'Node is available; cleaning was waived (automated_clean is false).',
    gate,
  );
}

async function cleanByHand(node: Operation): Promise<void> {
  await startAgent(node, { purpose: 'cleaning', resetBios: false, awaited: 'heartbeat' });
  await runSteps(node, 'clean', node.input.args.steps ?? []);
  await putAway(node);
  await finish(node, 'manage', 'The clean steps are done; the node is manageable.');
}
