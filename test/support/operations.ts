import { randomUUID } from 'node:crypto';
import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { defineUpdate } from '@temporalio/workflow';
import { putRescuePassword } from '../../db/rescue-passwords.ts';
import type { Queryable } from '../../db/pool.ts';
import { putVendorCall } from '../../db/vendor-calls.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { CLAIM_UPDATE, SEARCH_ATTRIBUTES, WORKFLOW_OF_VERB } from '../../workflows/messages.ts';
import type { Claimed, OperationArgs, OperationInput } from '../../workflows/messages.ts';
import type { OperationResult } from '../../workflows/operation.ts';

type OperationWorkflow = (input: OperationInput) => Promise<OperationResult>;
const claimUpdate = defineUpdate<Claimed>(CLAIM_UPDATE);

/** An operation as a test asks for it. */
export interface OperationOrder {
  readonly taskQueue: string;
  readonly verb: keyof typeof WORKFLOW_OF_VERB;
  readonly nodeUuid: string;
  readonly args?: OperationArgs | undefined;
  readonly requestId?: string;
}

/** The hash of every rescue password; must be found nowhere. */
export const RESCUE_HASH = '$6$Salt$rescue-secret-Zt4kQ81mBv';

/** What every vendor method is called with; must be found nowhere. */
export const VENDOR_ARGUMENT = 'vendor-secret-Jm27sXq0';

/** What the API leaves in PostgreSQL before it starts the operation. */
export async function prepareOperation(
  db: Queryable,
  { verb, nodeUuid }: Pick<OperationOrder, 'verb' | 'nodeUuid'>,
): Promise<{ readonly requestId: string }> {
  const requestId = `req-${randomUUID()}`;
  if (verb === 'rescue') await putRescuePassword(db, { nodeUuid, requestId, hash: RESCUE_HASH });
  if (verb === 'vendor') await prepareVendorCall(db, { nodeUuid, requestId });
  return { requestId };
}

/** An operation that was claimed. */
export interface Started {
  readonly claimed: Claimed;
  readonly handle: WorkflowHandle<OperationWorkflow>;
}

/** Leaves a call of a vendor method of fake hardware there. */
export function prepareVendorCall(db: Queryable, key: { nodeUuid: string; requestId: string }): Promise<void> {
  return putVendorCall(db, { ...key, method: 'second_method', arguments: { bar: VENDOR_ARGUMENT } });
}

/**
 * Starts an operation and waits until it has claimed its node, as the API does.
 * @throws WorkflowUpdateFailedError when the claim was refused
 */
export async function claimOperation(client: Client, order: OperationOrder): Promise<Started> {
  const { taskQueue, verb, nodeUuid, args = {}, requestId = `req-${randomUUID()}` } = order;
  const request = { requestId, username: null };
  const startWorkflowOperation = new WithStartWorkflowOperation<OperationWorkflow>(WORKFLOW_OF_VERB[verb], {
    workflowId: nodeWorkflowId(nodeUuid),
    taskQueue,
    workflowIdConflictPolicy: 'FAIL',
    args: [{ nodeUuid, request, verb, args }],
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.node, value: nodeUuid },
      { key: SEARCH_ATTRIBUTES.operation, value: WORKFLOW_OF_VERB[verb] },
    ],
  });
  const claimed = await client.workflow.executeUpdateWithStart(claimUpdate, {
    startWorkflowOperation,
    updateId: requestId,
  });
  return { claimed, handle: await startWorkflowOperation.workflowHandle() };
}

/** The same where workers are killed: an operation goes on although nobody could say how its claim went. */
export async function startOperation(
  client: Client,
  order: OperationOrder,
): Promise<WorkflowHandle<OperationWorkflow>> {
  try {
    return (await claimOperation(client, order)).handle;
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    return client.workflow.getHandle(nodeWorkflowId(order.nodeUuid));
  }
}

/** gRPC's FAILED_PRECONDITION: the first workflow task was lost. */
const TASK_LOST = 9;

function isAnswerLost(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  return isGrpcServiceError(error) && Number(error.code) === TASK_LOST;
}
