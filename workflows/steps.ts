import { ApplicationFailure } from '@temporalio/workflow';
import { stepKey, type Step } from '../domain/steps.ts';
import { restartAgent } from './agent-boot.ts';
import { bootOf, write, type Operation } from './operation.ts';
import { agentSteps, devices, driverSteps, images, records } from './proxies.ts';

type StepKind = 'clean' | 'deploy';

/** One run of one step. */
interface StepRun {
  readonly operation: Operation;
  readonly kind: StepKind;
  readonly step: Step;
  /** The same key is the same run of the same step, however often it is asked for. */
  readonly key: string;
}

/** Proves that the firmware went back to factory settings when the agent was booted. */
export const FACTORY_RESET: Step = { interface: 'bios', step: 'factory_reset', priority: 200, requiresRamdisk: false };
/** Reads samples of every disk back. */
export const VERIFY_ERASURE: Step = { interface: 'deploy', step: 'verify_erasure', priority: 0, abortable: true };
/** Writes image and config drive. */
export const WRITE_IMAGE: Step = { interface: 'deploy', step: 'write_image', priority: 80, abortable: true };
/** Makes what was written bootable. */
export const PREPARE_BOOT: Step = { interface: 'deploy', step: 'prepare_instance_boot', priority: 60 };

/** The steps that are Anneal's own, on machines with an agent. */
const OWN_STEPS: Readonly<Record<string, (run: StepRun) => Promise<void>>> = {
  [stepKey(FACTORY_RESET)]: ({ operation, step }) =>
    devices.confirmBiosReset.executeWithOptions({ summary: stepKey(step) }, [proofOf(operation)]),
  [stepKey(VERIFY_ERASURE)]: ({ operation, step }) =>
    agentSteps.verifyErasure.executeWithOptions({ summary: stepKey(step) }, [proofOf(operation)]),
  [stepKey(WRITE_IMAGE)]: ({ operation, step, key }) =>
    images.writeImage.executeWithOptions({ summary: stepKey(step) }, [{ nodeUuid: operation.plan.nodeUuid, key }]),
  [stepKey(PREPARE_BOOT)]: ({ operation, step }) =>
    agentSteps.prepareInstanceBoot.executeWithOptions({ summary: stepKey(step) }, [
      { nodeUuid: operation.plan.nodeUuid },
    ]),
};

/** Runs the steps in their order; each is shown on the node while it runs. */
export async function runSteps(operation: Operation, kind: StepKind, steps: readonly Step[]): Promise<void> {
  const { ref, progress, plan } = operation;
  for (const [offset, step] of steps.entries()) {
    const index = offset + 1;
    progress.now(`step ${index} of ${steps.length}: ${stepKey(step)}`);
    await write(() => records.showStep({ ...ref, kind, step: { ...step, index, total: steps.length } }));
    await runStep({ operation, kind, step, key: `${ref.run}:${index}:${stepKey(step)}` });
    if (step.rebootRequested === true && plan.usesAgent) await restartAgent(operation);
  }
}

async function runStep(run: StepRun): Promise<void> {
  const { operation, step, kind, key } = run;
  const { nodeUuid, usesAgent, steps } = operation.plan;
  const summary = stepKey(step);
  const own = usesAgent ? OWN_STEPS[summary] : undefined;
  if (own !== undefined) return await own(run);
  const driverHasIt = steps[kind].some((offer) => stepKey(offer) === summary);
  if (driverHasIt || !usesAgent)
    return await driverSteps.runDriverStep.executeWithOptions({ summary }, [{ nodeUuid, step }]);
  return await agentSteps.runAgentStep.executeWithOptions({ summary }, [{ nodeUuid, kind, step, key }]);
}

function proofOf(operation: Operation): { nodeUuid: string; bootId: string } {
  return { nodeUuid: operation.plan.nodeUuid, bootId: bootOf(operation).bootId };
}

/** All steps that the driver and the agent that runs now offer. */
export async function listSteps({ plan }: Operation, kind: StepKind): Promise<Step[]> {
  const { nodeUuid, usesAgent, steps } = plan;
  if (!usesAgent) return [...steps[kind]];
  const summary = `the agent's ${kind} steps`;
  const offered = await agentSteps.listAgentSteps.executeWithOptions({ summary }, [{ nodeUuid, kind }]);
  return [...steps[kind], ...offered];
}

/** Refuses steps that nobody offers, before any of them is run. */
export function requireOffered(wanted: readonly Step[], offered: readonly Step[], code = 'StepNotFound'): void {
  const known = offered.map(stepKey);
  const unknown = wanted.map(stepKey).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const message = `Nobody offers the step ${unknown.join(', ')} on this machine; offered are ${known.join(', ')}.`;
  throw ApplicationFailure.nonRetryable(message, code);
}
