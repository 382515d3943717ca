import { ApplicationFailure } from '@temporalio/workflow';
import type { OperationInput, VendorCallInput } from './messages.ts';
import { finish, runOperation, type OperationResult } from './operation.ts';
import { once } from './proxies.ts';

/** Calls a vendor method, at most once: nobody but the vendor knows what a second call would do. */
export function callVendor(input: OperationInput): Promise<OperationResult> {
  const method = input.args.vendor?.method;
  if (method === undefined)
    throw ApplicationFailure.nonRetryable('callVendor needs args.vendor', 'InvalidParameterValue');
  return runOperation(input, async (node) => {
    const { nodeUuid } = node.plan;
    node.progress.now(`vendor method ${method}`);
    await callOnce({ nodeUuid, requestId: input.request.requestId, method });
    await finish(node, null, `The vendor method ${method} was called.`);
  });
}

/** Calls one that may be called beside whatever is being done to the node: it claims nothing. */
export function callVendorBeside(input: VendorCallInput): Promise<void> {
  return callOnce(input);
}

function callOnce({ nodeUuid, requestId, method }: VendorCallInput): Promise<void> {
  return once.callVendorMethod.executeWithOptions({ summary: `vendor method ${method}` }, [{ nodeUuid, requestId }]);
}
