import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcServiceError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { getNodeByUuid } from '../db/nodes.ts';
import { BareMetalError, isErrorCode } from '../domain/errors.ts';
import { nodeWorkflowId, siteName, taskQueueOf } from '../domain/ids.ts';
import type { Node } from '../domain/node.ts';
import { isHeld, movesOf, type ProvisionState, type Verb } from '../domain/provision-states.ts';
import { missesSearchAttributes } from '../temporal/search-attributes.ts';
import {
  CLAIM_UPDATE,
  SEARCH_ATTRIBUTES,
  UNHOLD_UPDATE,
  WORKFLOW_OF_VERB,
  type Claimed,
  type OperationArgs,
  type OperationInput,
} from '../workflows/messages.ts';
import type { RequestContext } from './route.ts';
import type { Tools } from './tools.ts';

/** A verb that has a workflow. */
export type OperationVerb = keyof typeof WORKFLOW_OF_VERB;

/** An operation that a client asks for. */
export interface OperationRequest {
  readonly node: Node;
  readonly verb: OperationVerb;
  readonly args: OperationArgs;
}

/**
 * Starts the operation as the node's one workflow and waits until it has claimed the node (design §4). The
 * same request id again is the same operation.
 * @returns the handle of the workflow
 * @throws BareMetalError `NodeLocked` (another operation runs), `NoFreeWorker` (none took it in time),
 *   `ServiceUnavailable` (Temporal is away), and what the claim refused with
 */
export async function startOperation(
  tools: Tools,
  request: OperationRequest,
  context: RequestContext,
): Promise<WorkflowHandle> {
  const handle = tools.temporal.workflow.getHandle(nodeWorkflowId(request.node.uuid));
  for (const lastTry = Date.now() + CLOSING_MS; ; await sleep(CLOSING_PAUSE_MS)) {
    try {
      await claim(tools, request, context);
      return handle;
    } catch (error) {
      if (Date.now() < lastTry && (await isClosing(tools, request.node, error))) continue;
      await settleFailedStart(tools, handle, { error, request, context });
      return handle;
    }
  }
}

const CLOSING_MS = 3000;
const CLOSING_PAUSE_MS = 25;

/**
 * Whether the workflow in the way has given its node back already and is only being closed by Temporal: the
 * node's row shows its end some milliseconds earlier, and a client may act on that at once.
 */
async function isClosing({ db }: Tools, { uuid }: Node, error: unknown): Promise<boolean> {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return false;
  const node = await getNodeByUuid(db, uuid);
  return node?.reservation === null && !isHeld(node.provisionState);
}

async function claim({ temporal, config }: Tools, request: OperationRequest, context: RequestContext): Promise<void> {
  const startWorkflowOperation = startOf(request, context);
  await temporal.withDeadline(Date.now() + config.ANNEAL_CLAIM_TIMEOUT_MS, () =>
    temporal.workflow.executeUpdateWithStart<() => Promise<unknown>, Claimed, []>(CLAIM_UPDATE, {
      args: [],
      updateId: context.requestId,
      startWorkflowOperation,
    }),
  );
}

function startOf({ node, verb, args }: OperationRequest, { requestId, caller }: RequestContext) {
  const operation = WORKFLOW_OF_VERB[verb];
  const request = { requestId, username: caller.username, project: caller.projectId };
  const input: OperationInput = { nodeUuid: node.uuid, request, verb, args };
  return new WithStartWorkflowOperation(operation, {
    workflowId: nodeWorkflowId(node.uuid),
    workflowIdConflictPolicy: 'FAIL',
    taskQueue: taskQueueOf(node.conductorGroup),
    args: [input],
    staticSummary: `${operation} ${node.name ?? node.uuid}`,
    memo: { nodeName: node.name, requestId },
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.node, value: node.uuid },
      { key: SEARCH_ATTRIBUTES.operation, value: operation },
      // The state that the claim brings: a workflow whose claim is refused ends at once.
      { key: SEARCH_ATTRIBUTES.provisionState, value: stateAfterClaim(node, verb) },
      { key: SEARCH_ATTRIBUTES.site, value: siteName(node.conductorGroup) },
    ],
  });
}

function stateAfterClaim({ provisionState }: Node, verb: OperationVerb): ProvisionState {
  return movesOf(verb as Verb)[provisionState] ?? provisionState;
}

/** Returns when the operation is on its way all the same; throws the reason otherwise. */
async function settleFailedStart(
  { temporal, db }: Tools,
  handle: WorkflowHandle,
  { error, request, context }: { error: unknown; request: OperationRequest; context: RequestContext },
): Promise<void> {
  if (error instanceof WorkflowUpdateFailedError) throw claimError(error);
  const node = request.node;
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    const run = await describeRun(temporal, handle);
    if (run?.memo?.['requestId'] !== context.requestId) throw locked((await getNodeByUuid(db, node.uuid)) ?? node, run);
    return;
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isTaskLost(error)) {
    const run = await describeRun(temporal, handle);
    // The run is there and goes on as soon as a worker comes, or has ended meanwhile: the request was taken.
    if (run?.memo?.['requestId'] === context.requestId) return;
    throw noWorker(node);
  }
  throw temporalError(error);
}

function noWorker(node: Node): BareMetalError {
  return new BareMetalError(
    'NoFreeWorker',
    `Node ${node.name ?? node.uuid}: no worker of the site "${node.conductorGroup}" answered in time; try again.`,
  );
}

/** The node's last workflow, or undefined when it never had one. @throws BareMetalError `ServiceUnavailable` */
export async function describeRun(
  temporal: Client,
  handle: WorkflowHandle,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await temporal.withDeadline(Date.now() + DESCRIBE_TIMEOUT_MS, () => handle.describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw temporalError(error);
  }
}

const DESCRIBE_TIMEOUT_MS = 3000;

/** The claim's own words: its failure carries a code of the error table as its type. */
function claimError(error: WorkflowUpdateFailedError): BareMetalError {
  const { cause } = error;
  const code = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
  if (cause !== undefined && isErrorCode(code)) return new BareMetalError(code, cause.message, { cause: error });
  return new BareMetalError('InternalError', 'The claim of the node failed.', { cause: error });
}

function locked({ uuid, reservation }: Node, run: WorkflowExecutionDescription | undefined): BareMetalError {
  const holder = reservation ?? '(not known yet)';
  return new BareMetalError(
    'NodeLocked',
    `Node ${uuid} is locked by host ${holder}, please retry after the current operation is completed. ` +
      `(${whatHolds(reservation, run)})`,
  );
}

function whatHolds(reservation: string | null, run: WorkflowExecutionDescription | undefined): string {
  if (run?.status.name !== 'RUNNING') return 'An operation has just ended on it.';
  if (reservation === null) return `The operation ${run.type} begins; no worker has taken it yet.`;
  return `The operation ${run.type} holds it.`;
}

/** Errors of Temporal's client as the API's own. */
export function temporalError(error: unknown): BareMetalError {
  if (error instanceof BareMetalError) return error;
  if (isUnanswered(error)) {
    return new BareMetalError('ServiceUnavailable', 'Temporal does not answer; try again.', { cause: error });
  }
  if (missesSearchAttributes(error)) {
    const message =
      'Temporal does not know Anneal’s search attributes yet: workers add them when they start; try again.';
    return new BareMetalError('ServiceUnavailable', message, { cause: error });
  }
  return new BareMetalError('InternalError', 'Temporal refused the request.', { cause: error });
}

// gRPC's own codes (google.rpc.Code).
const UNANSWERED = new Set([1, 4, 8, 14]);

/** Cancelled, too late, overloaded or unavailable: the request may be sent again. */
function isUnanswered(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  if (isGrpcServiceError(error)) return UNANSWERED.has(Number(error.code));
  // The client wraps what gRPC said in an error of its own.
  return error instanceof ServiceError && (error.cause === undefined || isUnanswered(error.cause));
}

/**
 * Whether the first task of the workflow was lost, and the claim's answer with it (gRPC's FAILED_PRECONDITION): its
 * worker died, or something arrived at the task's last moment. The workflow goes on.
 */
function isTaskLost(error: unknown): boolean {
  return isGrpcServiceError(error) && Number(error.code) === 9;
}

/** Aborts what runs on the node: it puts things back by itself. False when nothing runs. */
export async function cancelOperation({ temporal, config }: Tools, node: Node): Promise<boolean> {
  const handle = temporal.workflow.getHandle(nodeWorkflowId(node.uuid));
  try {
    await temporal.withDeadline(Date.now() + config.ANNEAL_CLAIM_TIMEOUT_MS, () => handle.cancel());
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw temporalError(error);
  }
}

/**
 * Lets the operation that is on hold on the node go on; returns when it has left the hold state.
 * @throws BareMetalError `InvalidState` when none is on hold, `NoFreeWorker`
 */
export async function releaseOperation(
  { temporal, config }: Tools,
  node: Node,
  { requestId: updateId }: RequestContext,
): Promise<void> {
  const handle = temporal.workflow.getHandle(nodeWorkflowId(node.uuid));
  try {
    await temporal.withDeadline(Date.now() + config.ANNEAL_CLAIM_TIMEOUT_MS, () =>
      handle.executeUpdate(UNHOLD_UPDATE, { args: [], updateId }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw operationGone(node);
    if (error instanceof WorkflowUpdateFailedError) throw claimError(error);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isTaskLost(error)) throw noWorker(node);
    throw temporalError(error);
  }
}

/** What is said of a node on hold whose workflow somebody ended from outside. */
export function operationGone({ uuid, provisionState }: Node): BareMetalError {
  const message = `Node ${uuid} is in state "${provisionState}", but its operation is gone; abort it.`;
  return new BareMetalError('InvalidState', message);
}

/**
 * Signals the workflow of a node; one that isn't there any more is no error: nobody waits then.
 * @throws BareMetalError `ServiceUnavailable`, so that an agent tries again
 */
export async function signalOperation(
  { temporal, config }: Tools,
  nodeUuid: string,
  { signal, payload }: { signal: string; payload: unknown },
): Promise<void> {
  const handle = temporal.workflow.getHandle(nodeWorkflowId(nodeUuid));
  try {
    await temporal.withDeadline(Date.now() + config.ANNEAL_CLAIM_TIMEOUT_MS, () => handle.signal(signal, payload));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw temporalError(error);
  }
}
