import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { BareMetalError } from '../../domain/errors.ts';
import { nodeWorkflowId, planWorkflowId, taskQueueOf } from '../../domain/ids.ts';
import type { Node } from '../../domain/node.ts';
import type { Plan } from '../../domain/plans.ts';
import type { Verb } from '../../domain/provision-states.ts';
import { INPUT_QUERY, type OperationInput } from '../../workflows/messages.ts';
import { ANNEAL_MEDIA } from '../media.ts';
import { requireVersion } from '../microversion.ts';
import { failureOf } from '../operation-result.ts';
import { describeRun, operationGone, temporalError, type OperationRequest, type OperationVerb } from '../operations.ts';
import type { Answer, RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { requireSteps } from './asked-steps.ts';
import { findNode } from './change.ts';
import { requireDeployable } from './deployable.ts';
import { refuseIllegal } from './legality.ts';
import { argumentsOf, checkArguments, withRunbook, type ProvisionBody } from './provision-arguments.ts';
import { LEGAL_TARGET_SINCE, TARGET_SINCE, verbOf } from './provision.ts';
import { requireRescueInterface } from './rescue.ts';

/**
 * Tells what a provision request would ask of the machine, in order, and does none of it: a worker reads what the
 * machine is like and runs the verb's own recipe on an imagined one.
 */
export async function planProvision(
  tools: Tools,
  uuidOrName: string,
  body: ProvisionBody,
  context: RequestContext,
): Promise<Answer> {
  requireVersion(context.version, TARGET_SINCE[body.target] ?? 1);
  const node = await findNode(tools.db, uuidOrName);
  const verb = verbOf(body.target, node);
  refuseIllegal(node, verb, body.target);
  requireVersion(context.version, LEGAL_TARGET_SINCE[body.target] ?? 1);
  const asked = await withRunbook(tools, { node, verb, context }, body);
  checkArguments(body, verb, context.version);
  const request =
    verb === 'unhold' ? await requestOnHold(tools, node) : await requestOf(tools, { node, verb, body: asked }, context);
  const { present, actions, ends, assumptions } = await askWorker(tools, request, context);
  const { power, ...rest } = present;
  const shown = { provision_state: node.provisionState, power_state: power, ...rest };
  const view = { node_uuid: node.uuid, verb, present: shown, actions, ends, assumptions };
  return { status: 200, contentType: ANNEAL_MEDIA, body: view };
}

/** What is refused when the verb itself is asked for, is refused here. */
async function requestOf(
  tools: Tools,
  { node, verb, body }: { readonly node: Node; readonly verb: OperationVerb & Verb; readonly body: ProvisionBody },
  context: RequestContext,
): Promise<OperationRequest> {
  const request = { node, verb, args: argumentsOf(body, verb) };
  await requireSteps(tools, request, context);
  if (verb === 'deploy' || verb === 'rebuild') await requireDeployable(tools.db, node, request.args.steps);
  if (verb === 'rescue' || verb === 'unrescue') requireRescueInterface(node);
  return request;
}

/** What the operation on hold was asked for, and the step that it is held at: its plan is what comes after that. */
async function requestOnHold({ temporal }: Tools, node: Node): Promise<OperationRequest> {
  const heldAt = (node.cleanStep ?? node.deployStep ?? node.serviceStep)?.index;
  const handle = temporal.workflow.getHandle(nodeWorkflowId(node.uuid));
  // A workflow that has ended answers queries, but goes on no more.
  const run = await describeRun(temporal, handle);
  if (run?.status.name !== 'RUNNING' || heldAt === undefined) throw operationGone(node);
  try {
    const { verb, args } = await temporal.withDeadline(Date.now() + PLAN_TIMEOUT_MS, () =>
      handle.query<OperationInput>(INPUT_QUERY),
    );
    return { node, verb: verb as OperationVerb, args: { ...args, heldAt } };
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? operationGone(node) : temporalError(error);
  }
}

/** A BMC that doesn't answer is given up within this time. */
const PLAN_TIMEOUT_MS = 60_000;

async function askWorker(
  { temporal }: Tools,
  { node, verb, args }: OperationRequest,
  { requestId, caller }: RequestContext,
): Promise<Plan> {
  const input: OperationInput = { nodeUuid: node.uuid, request: { requestId, username: caller.username }, verb, args };
  try {
    const plan = await temporal.withDeadline(Date.now() + PLAN_TIMEOUT_MS, () =>
      temporal.workflow.execute<(given: OperationInput) => Promise<Plan | Refusal>>('planNode', {
        workflowId: planWorkflowId(node.uuid, requestId),
        taskQueue: taskQueueOf(node.conductorGroup),
        args: [input],
        staticSummary: `plan: ${verb} ${node.name ?? node.uuid}`,
        workflowRunTimeout: PLAN_TIMEOUT_MS,
      }),
    );
    if ('outcome' in plan) throw new BareMetalError('InvalidStateRequested', plan.reason ?? 'The claim was refused.');
    return plan;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? failureOf(error) : temporalError(error);
  }
}

/** A claim that would not be granted. */
interface Refusal {
  readonly outcome: 'refused';
  readonly reason?: string;
}
