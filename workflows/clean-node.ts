import { putAway, startAgent } from './agent-boot.ts';
import { automatedCleaning, manualCleaning, proofSteps, wantsBiosReset } from './clean-steps.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { needAgent, requireAllowed, runSteps } from './steps.ts';

/** Cleans a node: automated before it becomes available, by a schedule, or manual with given steps. */
export function cleanNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, (node) => (input.verb === 'clean' ? cleanByHand(node) : cleanMachine(node)));
}

/** The automated cleaning: everything is erased and reset, and proved to be, or the node doesn't become available. */
export async function cleanMachine(node: Operation): Promise<void> {
  if (!node.plan.automatedClean) return await skipCleaning(node);
  const { biosReset } = node.plan;
  requireAllowed(node, 'clean', proofSteps(node));
  await startAgent(node, { purpose: 'cleaning', resetBios: biosReset, awaited: 'heartbeat' });
  await runSteps(node, 'clean', await automatedCleaning(node));
  await putAway(node);
  await finish(node, 'done', 'The node is proved clean.', { biosReset, waived: false });
}

/** The operator waived cleaning for this node: it must have been proved clean since its last tenant. */
async function skipCleaning(node: Operation): Promise<void> {
  await putAway(node);
  const event = 'The node was not cleaned, because its automated_clean is false.';
  await finish(node, 'done', event, { biosReset: false, waived: true });
}

async function cleanByHand(node: Operation): Promise<void> {
  requireAllowed(node, 'clean', node.input.args.steps);
  const booted = needAgent(node, 'clean');
  if (booted) await startAgent(node, { purpose: 'cleaning', resetBios: wantsBiosReset(node), awaited: 'heartbeat' });
  await runSteps(node, 'clean', await manualCleaning(node));
  if (booted) await putAway(node);
  await finish(node, 'manage', 'The clean steps are done; the node is manageable.');
}
