import { withoutDisallowed } from '../domain/disallowed-steps.ts';
import { automaticSteps, isForChildren, stepKey, type Step } from '../domain/steps.ts';
import type { Operation } from './operation.ts';
import { FACTORY_RESET, VERIFY_ERASURE } from './own-steps.ts';
import { listSteps, requireOffered } from './steps.ts';

/** The steps of an automated cleaning, the proof among them: a machine that can't be proved clean is refused before it is touched. */
export async function automatedCleaning(node: Operation): Promise<Step[]> {
  const offered = await listSteps(node, 'clean');
  const allowed = withoutDisallowed(offered, node.plan.disallowedSteps?.clean);
  const automatic = automaticSteps(allowed, node.plan.stepPriorities.clean);
  if (!node.plan.usesAgent) return automatic;
  requireOffered([VERIFY_ERASURE], { operation: node, kind: 'clean', offered }, 'EraseNotVerified');
  return [...(node.plan.biosReset ? [FACTORY_RESET] : []), ...automatic, VERIFY_ERASURE];
}

/** The steps of an automated cleaning without which it proves nothing. */
export function proofSteps({ plan: { biosReset, usesAgent } }: Operation): Step[] {
  return [...(biosReset ? [FACTORY_RESET] : []), ...(usesAgent ? [VERIFY_ERASURE] : [])];
}

/** Whether the steps of a manual cleaning ask for a BIOS reset that happens at the boot, the driver having no step for it. */
export function wantsBiosReset(node: Operation): boolean {
  return stepsOf(node).some(is(FACTORY_RESET)) && !node.plan.steps.clean.some(is(FACTORY_RESET));
}

/** The steps that a manual cleaning was asked for; an erase is followed by its proof. */
export async function manualCleaning(node: Operation): Promise<readonly Step[]> {
  const { plan } = node;
  const wanted = stepsOf(node);
  const atBoot = wantsBiosReset(node) && node.boot !== undefined;
  const offered = [...(atBoot ? [FACTORY_RESET] : []), ...(await listSteps(node, 'clean'))];
  requireOffered(wanted, { operation: node, kind: 'clean', offered });
  // A machine without an agent has shown its reset at the boot.
  if (!plan.usesAgent) return atBoot ? wanted.filter((step) => !is(FACTORY_RESET)(step)) : wanted;
  const erases = wanted.some(is(ERASE)) && !wanted.some(is(VERIFY_ERASURE));
  return erases && offered.some(is(VERIFY_ERASURE)) ? [...wanted, VERIFY_ERASURE] : wanted;
}

const ERASE: Step = { interface: 'deploy', step: 'erase_devices', priority: 0 };

function stepsOf({ input }: Operation): readonly Step[] {
  return input.args.steps ?? [];
}

function is(one: Step): (other: Step) => boolean {
  return (other) => stepKey(other) === stepKey(one) && !isForChildren(other);
}
