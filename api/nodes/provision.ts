import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { API_VERBS } from '../../domain/provision-states.ts';
import { requireVersion } from '../microversion.ts';
import { releaseOperation, startOperation, type OperationRequest } from '../operations.ts';
import type { Answer, RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { abortOperation } from './abort.ts';
import { requireSteps } from './asked-steps.ts';
import { findNode } from './change.ts';
import { startDeployment } from './deploy.ts';
import { refuseIllegal, settleAbortedDeployment } from './legality.ts';
import { argumentsOf, checkArguments, configDriveOf, withRunbook, type ProvisionBody } from './provision-arguments.ts';
import { requireRescueInterface, startRescue } from './rescue.ts';

/** The version that each word of `target` came with (MIN_VERB_VERSIONS of Ironic). */
export const TARGET_SINCE: Readonly<Record<string, number>> = {
  manage: 4,
  provide: 4,
  inspect: 6,
  abort: 13,
  clean: 15,
  adopt: 17,
  rescue: 38,
  unrescue: 38,
  deploy: 73,
};

/** The same for words at whose version Ironic looks only once it knows that they are legal. */
export const LEGAL_TARGET_SINCE: Readonly<Record<string, number>> = { undeploy: 73, unhold: 85, service: 87 };

/** Does the verb that a client asks for; the answer says that the node was claimed and the request legal. */
export async function changeProvisionState(
  tools: Tools,
  uuidOrName: string,
  body: ProvisionBody,
  context: RequestContext,
): Promise<Answer> {
  const accepted = { status: 202, location: `${context.origin}/v1/nodes/${uuidOrName}/states` };
  requireVersion(context.version, TARGET_SINCE[body.target] ?? 1);
  const node = await findNode(tools.db, uuidOrName);
  const verb = verbOf(body.target, node);
  refuseIllegal(node, verb, body.target);
  requireVersion(context.version, LEGAL_TARGET_SINCE[body.target] ?? 1);
  const asked = await withRunbook(tools, { node, verb, context }, body);
  checkArguments(body, verb, context.version);
  if (verb === 'abort') {
    await abortOperation(tools, node, context);
    return accepted;
  }
  if (verb === 'unhold') {
    await releaseOperation(tools, node, context);
    return accepted;
  }
  const args = argumentsOf(asked, verb);
  const request = { node, verb, args };
  await requireSteps(tools, request, context);
  if (verb === 'delete') await settleAbortedDeployment(tools, node);
  await begin(tools, request, { body, context });
  return accepted;
}

/** What a request asks for, with what it carries. */
interface Asked {
  readonly body: ProvisionBody;
  readonly context: RequestContext;
}

/** Starts the operation; some verbs leave something in PostgreSQL for it first. */
async function begin(tools: Tools, request: OperationRequest, { body, context }: Asked): Promise<void> {
  const { node, verb } = request;
  if (verb === 'deploy' || verb === 'rebuild')
    return await startDeployment(tools, request, configDriveOf(body), context);
  if (verb === 'rescue') return await startRescue(tools, { node, password: body.rescue_password }, context);
  if (verb === 'unrescue') requireRescueInterface(node);
  await startOperation(tools, request, context);
}

/** A verb that a client may ask for. */
type ApiVerb = (typeof API_VERBS)[keyof typeof API_VERBS];

/** The verb that a word of `target` stands for. */
export function verbOf(target: string, node: Node): ApiVerb {
  if (Object.hasOwn(API_VERBS, target)) return API_VERBS[target as keyof typeof API_VERBS];
  throw new BareMetalError(
    'InvalidStateRequested',
    `The requested action "${target}" can not be performed on node "${node.uuid}" while it is in state "${node.provisionState}".`,
  );
}
