import { stepKey, type Step } from '../domain/steps.ts';
import { write, type Operation } from './operation.ts';
import { driverSteps, records } from './proxies.ts';

/** Runs the steps in their order; each is shown on the node while it runs. */
export async function runSteps(operation: Operation, kind: 'clean' | 'deploy', steps: readonly Step[]): Promise<void> {
  for (const [offset, step] of steps.entries()) {
    const index = offset + 1;
    operation.progress.now(`step ${index} of ${steps.length}: ${stepKey(step)}`);
    await write(() => records.showStep({ ...operation.ref, kind, step: { ...step, index, total: steps.length } }));
    await runStep(operation, step);
  }
}

function runStep({ plan: { nodeUuid } }: Operation, step: Step): Promise<void> {
  return driverSteps.runDriverStep.executeWithOptions({ summary: stepKey(step) }, [{ nodeUuid, step }]);
}
