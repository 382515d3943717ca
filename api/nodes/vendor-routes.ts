import type { WorkflowHandle } from '@temporalio/client';
import { putVendorCall, takeVendorCall } from '../../db/vendor-calls.ts';
import { taskQueueOf, vendorCallWorkflowId } from '../../domain/ids.ts';
import type { JsonObject, Node } from '../../domain/node.ts';
import type { VendorCallInput } from '../../workflows/messages.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { awaitOperation } from '../operation-result.ts';
import { startOperation, temporalError } from '../operations.ts';
import type { Answer, RequestContext, Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import type { VendorMethodFacts } from '../../domain/vendor-methods.ts';
import { passthruRoutes } from '../vendor-passthru.ts';
import { nodeOf } from './find.ts';

/** /v1/nodes/{node}/vendor_passthru: what the node's vendor interface can do besides. */
export function vendorRoutes(tools: Tools): Route[] {
  return passthruRoutes({
    path: '/v1/nodes/:node',
    rule: 'baremetal:node:vendor_passthru',
    async methodsOf(params, context) {
      const node = await nodeOf(tools.db, params, context);
      const { vendorMethods } = await hardwareTypeOfSite(tools.db, node.driver, node.conductorGroup);
      const offered = Object.entries(vendorMethods?.[node.interfaces.vendor] ?? {});
      return Object.fromEntries(
        offered.map(([method, facts]) => [
          method,
          { facts, call: (args: JsonObject) => callMethod(tools, { node, method, facts, args }, context) },
        ]),
      );
    },
  });
}

interface NodeCall {
  readonly node: Node;
  readonly method: string;
  readonly facts: VendorMethodFacts;
  readonly args: JsonObject;
}

/** Has a worker call the method; a caller who waits gets what it answers. */
async function callMethod(tools: Tools, call: NodeCall, context: RequestContext): Promise<Answer> {
  const { node, method, facts, args } = call;
  const key = { nodeUuid: node.uuid, requestId: context.requestId };
  await putVendorCall(tools.db, { ...key, method, arguments: args });
  const start = facts.needsLock ? startHolding : startBeside;
  const handle = await start(tools, call, context).catch(async (error: unknown) => {
    await takeVendorCall(tools.db, key);
    throw error;
  });
  if (facts.isAsync) return { status: 202 };
  await awaitOperation(tools, handle);
  return { status: 200, body: await takeVendorCall(tools.db, key) };
}

/** The call as the one operation on the node. */
function startHolding(tools: Tools, { node, method }: NodeCall, context: RequestContext): Promise<WorkflowHandle> {
  return startOperation(tools, { node, verb: 'vendor', args: { vendor: { method } } }, context);
}

/** The call beside whatever is being done to the node. */
async function startBeside(
  { temporal, config }: Tools,
  { node, method }: NodeCall,
  { requestId }: RequestContext,
): Promise<WorkflowHandle> {
  const input: VendorCallInput = { nodeUuid: node.uuid, requestId, method };
  try {
    return await temporal.withDeadline(Date.now() + config.ANNEAL_CLAIM_TIMEOUT_MS, () =>
      temporal.workflow.start<(given: VendorCallInput) => Promise<void>>('callVendorBeside', {
        workflowId: vendorCallWorkflowId(node.uuid, requestId),
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue: taskQueueOf(node.conductorGroup),
        args: [input],
        staticSummary: `${method} of ${node.name ?? node.uuid}`,
      }),
    );
  } catch (error) {
    throw temporalError(error);
  }
}
