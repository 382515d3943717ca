import { ApplicationFailure } from '@temporalio/workflow';
import { refusalOf } from '../domain/disallowed-steps.ts';
import { checkSteps, needsRamdisk } from '../domain/step-checks.ts';
import { isForChildren, specialStepOf, stepKey, type ShownStepKind, type Step } from '../domain/steps.ts';
import { restartAgent } from './agent-boot.ts';
import { runOnChildren } from './child-steps.ts';
import { write, type Operation } from './operation.ts';
import { OWN_STEPS } from './own-steps.ts';
import { agentSteps, driverSteps, once, records } from './proxies.ts';
import { SPECIAL_RUNS } from './special-steps.ts';
import type { StepRun } from './step-run.ts';

/** Runs the steps in their order; each is shown on the node while it runs. */
export async function runSteps(operation: Operation, kind: ShownStepKind, steps: readonly Step[]): Promise<void> {
  const { ref, progress, input } = operation;
  const { heldAt = 0 } = input.args;
  for (const [offset, step] of steps.entries()) {
    const index = offset + 1;
    if (index < heldAt) continue;
    progress.now(`step ${index} of ${steps.length}: ${stepKey(step)}`);
    await write(() => records.showStep({ ...ref, kind, step: { ...step, index, total: steps.length } }));
    if (index === heldAt) continue;
    await runStep({ operation, kind, step, key: `${ref.run}:${index}:${stepKey(step)}` });
    if (step.rebootRequested === true && hasAgent(operation)) await restartAgent(operation);
  }
}

async function runStep(run: StepRun): Promise<void> {
  const { operation, step, kind, key } = run;
  const { nodeUuid, steps } = operation.plan;
  if (isForChildren(step)) return await runOnChildren(run);
  const special = specialStepOf(step);
  if (special !== undefined) return await SPECIAL_RUNS[special](run);
  const summary = stepKey(step);
  const own = hasAgent(operation) ? OWN_STEPS[summary] : undefined;
  if (own !== undefined) return await own(run);
  const offer = steps[kind].find((offered) => stepKey(offered) === summary);
  if (offer !== undefined || !hasAgent(operation)) {
    const { runDriverStep } = offer?.repeatable === false ? once : driverSteps;
    return await runDriverStep.executeWithOptions({ summary }, [{ nodeUuid, step }]);
  }
  return await agentSteps.runAgentStep.executeWithOptions({ summary }, [{ nodeUuid, kind, step, key }]);
}

/** Whether an agent runs on the machine for this operation. */
function hasAgent({ plan, boot }: Operation): boolean {
  return plan.usesAgent && boot !== undefined;
}

/** All steps that the driver and the agent that runs now offer. */
export async function listSteps(operation: Operation, kind: ShownStepKind): Promise<Step[]> {
  const { nodeUuid, steps } = operation.plan;
  if (!hasAgent(operation)) return [...steps[kind]];
  const summary = `the agent's ${kind} steps`;
  const offered = await agentSteps.listAgentSteps.executeWithOptions({ summary }, [{ nodeUuid, kind }]);
  return [...steps[kind], ...offered];
}

/** Whether the steps that were asked for need the agent to be booted: unless all are the driver's own, out of band, they do. */
export function needAgent({ plan, input: { args } }: Operation, kind: ShownStepKind): boolean {
  if (args.disableRamdisk === true) return false;
  const outOfBand = plan.steps[kind].filter((step) => !needsRamdisk(step)).map(stepKey);
  const own = (args.steps ?? []).filter((step) => !isForChildren(step) && specialStepOf(step) === undefined);
  return own.some((step) => !outOfBand.includes(stepKey(step)));
}

/** Refuses steps that the operator's configuration forbids, before the machine is touched. */
export function requireAllowed({ plan }: Operation, kind: ShownStepKind, steps: readonly Step[] = []): void {
  const refusal = refusalOf(kind, steps, plan.disallowedSteps?.[kind]);
  if (refusal !== undefined) throw ApplicationFailure.nonRetryable(refusal, 'StepNotAllowed');
}

/** Refuses steps that nobody offers, and arguments that a step does not take, before any of them is run. */
export function requireOffered(
  wanted: readonly Step[],
  { operation, kind, offered }: { operation: Operation; kind: ShownStepKind; offered: readonly Step[] },
  code = 'StepNotFound',
): void {
  const { unknown, faults } = checkSteps(wanted, { kind, offered, withoutRamdisk: operation.boot === undefined });
  if (unknown.length > 0) {
    const known = offered.map(stepKey).join(', ') || 'none';
    const message = `Nobody offers the step ${unknown.join(', ')} on this machine; offered are ${known}.`;
    throw ApplicationFailure.nonRetryable(message, code);
  }
  if (faults.length > 0) throw ApplicationFailure.nonRetryable(`${faults.join('; ')}.`, 'InvalidParameterValue');
}
