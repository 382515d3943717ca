import { z } from 'zod';
import { getConfigDrive } from '../../db/config-drives.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { API_VERBS, isTransient, isWaiting, type Verb } from '../../domain/provision-states.ts';
import { WORKFLOW_OF_VERB, type OperationArgs } from '../../workflows/messages.ts';
import { requireVersion } from '../microversion.ts';
import { orAbsent } from '../query-values.ts';
import { cancelOperation, startOperation, type OperationRequest, type OperationVerb } from '../operations.ts';
import type { Answer, RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findNode } from './change.ts';
import { configDriveContent, withConfigDrive, type ConfigDriveValue } from './config-drive.ts';
import { requireDeployable } from './deployable.ts';
import { requireRescueInterface, startRescue } from './rescue.ts';
import { refuseIllegal, settleAbortedDeployment } from './legality.ts';
import { parseSteps } from './steps.ts';

/** PUT /v1/nodes/{node}/states/provision. Steps are looked at later, since the state comes first in Ironic. */
export const ProvisionBody = z.strictObject({
  target: z.string({ error: 'expected a verb such as "manage" or "active"' }),
  configdrive: orAbsent(z.union([z.string(), z.record(z.string(), z.unknown())])),
  clean_steps: orAbsent(z.unknown()),
  deploy_steps: orAbsent(z.unknown()),
  service_steps: orAbsent(z.unknown()),
  rescue_password: orAbsent(z.string()),
  disable_ramdisk: orAbsent(z.boolean()),
  runbook: orAbsent(z.string()),
});

/** The body of a provision request. */
export type ProvisionBody = z.infer<typeof ProvisionBody>;

/** The version that each word of `target` came with (MIN_VERB_VERSIONS of Ironic). */
const TARGET_SINCE: Readonly<Record<string, number>> = {
  manage: 4,
  provide: 4,
  inspect: 6,
  abort: 13,
  clean: 15,
  adopt: 17,
  rescue: 38,
  unrescue: 38,
  deploy: 73,
  undeploy: 73,
  unhold: 85,
  service: 87,
};

/** The version that each argument came with. */
const ARGUMENT_SINCE: Readonly<Record<string, number>> = {
  clean_steps: 15,
  rescue_password: 38,
  deploy_steps: 69,
  disable_ramdisk: 70,
  service_steps: 87,
  runbook: 92,
};

/** The verbs that each argument goes with. */
const ARGUMENT_VERBS: Readonly<Record<string, readonly Verb[]>> = {
  configdrive: ['deploy', 'rebuild'],
  clean_steps: ['clean'],
  deploy_steps: ['deploy', 'rebuild'],
  service_steps: ['service'],
  rescue_password: ['rescue'],
  disable_ramdisk: ['clean', 'service'],
  runbook: ['clean', 'service'],
};

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
  checkArguments(body, verb, context.version);
  if (verb === 'abort') {
    await abort(tools, node, context);
    return accepted;
  }
  const request = { node, verb: operationVerb(verb, node), args: argumentsOf(body, verb) };
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
  if (verb === 'deploy' || verb === 'rebuild') return await deploy(tools, request, body.configdrive ?? null, context);
  if (verb === 'rescue') return await startRescue(tools, { node, password: body.rescue_password }, context);
  if (verb === 'unrescue') requireRescueInterface(node);
  await startOperation(tools, request, context);
}

function verbOf(target: string, node: Node): Verb {
  if (Object.hasOwn(API_VERBS, target)) return API_VERBS[target as keyof typeof API_VERBS];
  throw new BareMetalError(
    'InvalidStateRequested',
    `The requested action "${target}" can not be performed on node "${node.uuid}" while it is in state "${node.provisionState}".`,
  );
}

function operationVerb(verb: Verb, node: Node): OperationVerb {
  if (Object.hasOwn(WORKFLOW_OF_VERB, verb)) return verb as OperationVerb;
  throw new BareMetalError(
    'UnsupportedDriverExtension',
    `Driver ${node.driver} does not support ${verb} (disabled or not implemented).`,
  );
}

function checkArguments(body: ProvisionBody, verb: Verb, version: number): void {
  for (const [name, verbs] of Object.entries(ARGUMENT_VERBS)) {
    const value = body[name as keyof ProvisionBody];
    if (value === undefined) continue;
    requireVersion(version, ARGUMENT_SINCE[name] ?? 1);
    if (verbs.includes(verb) || (Array.isArray(value) && value.length === 0)) continue;
    throw new BareMetalError(
      'InvalidParameterValue',
      `"${name}" is only valid when setting target provision state to ${verbs.join(' or ')}`,
    );
  }
  checkConfigDriveVersion(body, verb, version);
  if (body.runbook !== undefined) throw new BareMetalError('InvalidParameterValue', 'runbook: there are no runbooks.');
}

function checkConfigDriveVersion({ configdrive }: ProvisionBody, verb: Verb, version: number): void {
  if (configdrive === undefined) return;
  if (verb === 'rebuild') requireVersion(version, 35);
  if (typeof configdrive === 'object') requireVersion(version, 56);
  if (typeof configdrive === 'object' && 'vendor_data' in configdrive) requireVersion(version, 59);
}

function argumentsOf(body: ProvisionBody, verb: Verb): OperationArgs {
  if (verb === 'clean') {
    if (!Array.isArray(body.clean_steps) || body.clean_steps.length === 0) {
      throw new BareMetalError(
        'InvalidParameterValue',
        '"clean_steps" is required when setting target provision state to clean',
      );
    }
    const steps = parseSteps('clean_steps', body.clean_steps);
    return { steps, ...(body.disable_ramdisk === undefined ? {} : { disableRamdisk: body.disable_ramdisk }) };
  }
  return body.deploy_steps === undefined ? {} : { steps: parseSteps('deploy_steps', body.deploy_steps) };
}

async function deploy(
  tools: Tools,
  request: OperationRequest,
  configDrive: ConfigDriveValue | null,
  context: RequestContext,
): Promise<void> {
  const { node, verb } = request;
  await requireDeployable(tools.db, node);
  const given = configDrive === null ? null : configDriveContent(configDrive);
  const stored = (await getConfigDrive(tools.db, node.uuid)) ?? null;
  // A rebuild without a config drive keeps the one of the deployment (Ironic: it stays in instance_info).
  const content = given ?? (verb === 'rebuild' ? stored : null);
  if (content === stored) {
    await startOperation(tools, request, context);
    return;
  }
  await withConfigDrive(tools.db, { nodeUuid: node.uuid, content }, async (db) => {
    const present = await findNode(db, node.uuid);
    refuseIllegal(present, verb === 'rebuild' ? 'rebuild' : 'deploy', verb);
    await startOperation(tools, request, context);
  });
}

const INSPECT_ABORT_SINCE = 41;
const DEPLOY_ABORT_SINCE = 110;

async function abort(tools: Tools, node: Node, context: RequestContext): Promise<void> {
  const { version } = context;
  if (node.provisionState === 'inspect wait') requireVersion(version, INSPECT_ABORT_SINCE);
  if (node.provisionState === 'wait call-back') requireVersion(version, DEPLOY_ABORT_SINCE);
  if (await cancelOperation(tools, node)) return;
  // Its workflow is gone without having ended the operation: the node is taken over and put away.
  if (isTransient(node.provisionState) && node.reservation !== null) {
    await startOperation(tools, { node, verb: 'abort', args: {} }, context);
    return;
  }
  throw new BareMetalError(
    'InvalidState',
    `Node ${node.uuid} is in state "${node.provisionState}", but no operation runs on it that could be aborted` +
      `${isWaiting(node.provisionState) ? '; it has just ended' : ''}. Read its state again.`,
  );
}
