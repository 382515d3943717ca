import { automaticSteps, stepKey, type Step } from '../domain/steps.ts';
import type { Operation } from './operation.ts';
import { FACTORY_RESET, listSteps, requireOffered, VERIFY_ERASURE } from './steps.ts';

/** The steps of an automated cleaning, the proof among them: a machine that can't be proved clean is refused before it is touched. */
export async function automatedCleaning(node: Operation): Promise<Step[]> {
  const offered = await listSteps(node, 'clean');
  if (!node.plan.usesAgent) return automaticSteps(offered);
  requireOffered([VERIFY_ERASURE], offered, 'EraseNotVerified');
  return [...(node.plan.biosReset ? [FACTORY_RESET] : []), ...automaticSteps(offered), VERIFY_ERASURE];
}

/** Whether the steps of a manual cleaning ask for a BIOS reset, which happens at the boot. */
export function wantsBiosReset(node: Operation): boolean {
  return stepsOf(node).some(is(FACTORY_RESET));
}

/** The steps that a manual cleaning was asked for; an erase is followed by its proof. */
export async function manualCleaning(node: Operation): Promise<readonly Step[]> {
  const offered = [FACTORY_RESET, ...(await listSteps(node, 'clean'))];
  const wanted = stepsOf(node);
  requireOffered(wanted, offered);
  if (!node.plan.usesAgent) return wanted.filter((step) => !is(FACTORY_RESET)(step));
  const erases = wanted.some((step) => stepKey(step) === 'deploy.erase_devices') && !wanted.some(is(VERIFY_ERASURE));
  return erases && offered.some(is(VERIFY_ERASURE)) ? [...wanted, VERIFY_ERASURE] : wanted;
}

function stepsOf({ input }: Operation): readonly Step[] {
  return input.args.steps ?? [];
}

function is(one: Step): (other: Step) => boolean {
  return (other) => stepKey(other) === stepKey(one);
}
