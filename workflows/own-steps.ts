import { stepKey, type Step } from '../domain/steps.ts';
import { bootOf, type Operation } from './operation.ts';
import { agentSteps, devices, images } from './proxies.ts';
import type { StepRun } from './step-run.ts';

/** Proves that the firmware went back to factory settings when the agent was booted. */
export const FACTORY_RESET: Step = { interface: 'bios', step: 'factory_reset', priority: 200, requiresRamdisk: false };
/** Reads samples of every disk back. */
export const VERIFY_ERASURE: Step = { interface: 'deploy', step: 'verify_erasure', priority: 0, abortable: true };
/** Writes image and config drive. */
export const WRITE_IMAGE: Step = { interface: 'deploy', step: 'write_image', priority: 80, abortable: true };
/** Makes what was written bootable. */
export const PREPARE_BOOT: Step = { interface: 'deploy', step: 'prepare_instance_boot', priority: 60 };

/** The steps that are Anneal's own, on machines with an agent. */
export const OWN_STEPS: Readonly<Record<string, (run: StepRun) => Promise<void>>> = {
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

function proofOf(operation: Operation): { nodeUuid: string; bootId: string } {
  return { nodeUuid: operation.plan.nodeUuid, bootId: bootOf(operation).bootId };
}
