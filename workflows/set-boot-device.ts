import { ApplicationFailure } from '@temporalio/workflow';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type OperationResult } from './operation.ts';
import { devices } from './proxies.ts';

/** Selects what a machine boots from. */
export function setBootDevice(input: OperationInput): Promise<OperationResult> {
  const { bootDevice } = input.args;
  if (bootDevice === undefined)
    throw ApplicationFailure.nonRetryable('setBootDevice needs args.bootDevice', 'InvalidParameterValue');
  return runOperation(input, async (node) => {
    const { nodeUuid } = node.plan;
    const summary = `boot from ${bootDevice.device}${bootDevice.persistent ? ' from now on' : ' once'}`;
    node.progress.now(summary);
    await devices.setBootDevice.executeWithOptions({ summary }, [{ nodeUuid, ...bootDevice }]);
    await finish(node, null, `Boot device set: ${summary}.`);
  });
}
