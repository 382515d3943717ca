import { ApplicationFailure, condition, defineSignal, isCancellation, setHandler } from '@temporalio/workflow';
import { faultsOfChildStep } from '../domain/step-checks.ts';
import { powerStepOf, stepKey, type PowerStep, type Step } from '../domain/steps.ts';
import { ensurePower } from './device-calls.ts';
import { BEGIN_SIGNAL, type ChildStep, type OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { driverSteps } from './proxies.ts';

const begin = defineSignal(BEGIN_SIGNAL);

/**
 * Runs one step of the parent's operation on this node, its child. The node is claimed at once, and touched when the
 * parent says so; a child that was held and is not needed after all is let go as it was.
 */
export async function stepNode(input: OperationInput): Promise<OperationResult> {
  const { steps: [step] = [], asChild } = input.args;
  if (step === undefined || asChild === undefined)
    throw ApplicationFailure.nonRetryable('stepNode needs args.steps and args.asChild', 'InvalidParameterValue');
  const mayBegin = listenToParent();
  const parent = `the parent node ${asChild.parentUuid}`;
  let isLetGo = false;
  const result = await runOperation(input, async (node) => {
    requireAble(node, step, asChild);
    isLetGo = asChild.waits && !(await mayBegin());
    if (isLetGo) return await finish(node, null, `Held for ${parent}, and let go as it was.`);
    await runHere(node, step);
    await finish(node, null, `The step ${stepKey(step)} of ${parent} is done.`);
  });
  return isLetGo ? { outcome: 'refused', reason: 'It was let go before its step began.' } : result;
}

/** Starts to listen; call it before the first await. What it returns waits, and says false when the child is let go. */
function listenToParent(): () => Promise<boolean> {
  let begun = false;
  setHandler(begin, () => void (begun = true));
  return async () => {
    try {
      await condition(() => begun);
      return true;
    } catch (error) {
      if (isCancellation(error)) return false;
      throw error;
    }
  };
}

function requireAble({ plan: { steps, usesAgent } }: Operation, step: Step, { kind }: ChildStep): void {
  const faults = faultsOfChildStep(step, { kind, offered: steps[kind], usesAgent });
  if (faults.length > 0) throw ApplicationFailure.nonRetryable(`${faults.join('; ')}.`, 'StepNotFound');
}

const POWER: Readonly<Record<PowerStep, (node: Operation) => Promise<void>>> = {
  power_on: (node) => ensurePower(node, 'power on'),
  power_off: (node) => ensurePower(node, 'power off'),
  async reboot(node) {
    await ensurePower(node, 'power off');
    await ensurePower(node, 'power on');
  },
};

async function runHere(node: Operation, step: Step): Promise<void> {
  const power = powerStepOf(step);
  if (power !== undefined) return await POWER[power](node);
  const summary = stepKey(step);
  node.progress.now(`step ${summary}, for the parent`);
  await driverSteps.runDriverStep.executeWithOptions({ summary }, [{ nodeUuid: node.plan.nodeUuid, step }]);
}
