import { ApplicationFailure } from '@temporalio/workflow';
import { wordsOfChange } from '../domain/device-changes.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type OperationResult } from './operation.ts';
import { devices } from './proxies.ts';

/** Changes one thing of a machine: boot mode, secure boot, a lamp, virtual media, its console. */
export function changeDevice(input: OperationInput): Promise<OperationResult> {
  const { device: change } = input.args;
  if (change === undefined)
    throw ApplicationFailure.nonRetryable('changeDevice needs args.device', 'InvalidParameterValue');
  return runOperation(input, async (node) => {
    const { nodeUuid } = node.plan;
    const summary = wordsOfChange(change);
    node.progress.now(summary);
    await devices.changeDevice.executeWithOptions({ summary }, [{ nodeUuid, change }]);
    await finish(node, null, `Done: ${summary}.`);
  });
}
