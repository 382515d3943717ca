import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import type { Verb } from '../../domain/provision-states.ts';
import type { OperationArgs } from '../../workflows/messages.ts';
import { requireVersion } from '../microversion.ts';
import { orAbsent } from '../query-values.ts';
import type { RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import type { ConfigDriveValue } from './config-drive.ts';
import { findRunbook } from './runbook.ts';
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

/** An argument: the verbs that it goes with, and the version that it came with for each where that is not the verb's own. */
interface Argument {
  readonly name: keyof ProvisionBody;
  readonly verbs: readonly Verb[];
  readonly since?: Partial<Record<Verb, number>>;
}

/** Arguments but the config drive, in the order in which Ironic looks at them. */
const ARGUMENTS: readonly Argument[] = [
  { name: 'disable_ramdisk', verbs: ['clean', 'service'], since: { clean: 70, service: 108 } },
  { name: 'clean_steps', verbs: ['clean'] },
  { name: 'deploy_steps', verbs: ['deploy', 'rebuild'], since: { deploy: 69, rebuild: 69 } },
  { name: 'rescue_password', verbs: ['rescue'] },
  { name: 'service_steps', verbs: ['service'] },
  { name: 'runbook', verbs: ['clean', 'service'] },
];

/**
 * Refuses arguments that do not go with the verb, or are newer than the version.
 * @throws BareMetalError `InvalidParameterValue`, `NotAcceptable`
 */
export function checkArguments(body: ProvisionBody, verb: Verb, version: number): void {
  checkConfigDriveVersion(body, verb, version);
  for (const { name, verbs, since } of ARGUMENTS) {
    const value = body[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    if (!verbs.includes(verb)) throw misplaced(name, verbs);
    requireVersion(version, since?.[verb] ?? 1);
  }
}

function misplaced(name: string, verbs: readonly Verb[]): BareMetalError {
  return new BareMetalError(
    'InvalidParameterValue',
    `"${name}" is only valid when setting target provision state to ${verbs.join(' or ')}`,
  );
}

const REBUILD_WITH_DRIVE_SINCE = 35;
const DRIVE_OF_PARTS_SINCE = 56;
const VENDOR_DATA_SINCE = 59;

function checkConfigDriveVersion(body: ProvisionBody, verb: Verb, version: number): void {
  const configdrive = configDriveOf(body);
  if (configdrive === null) return;
  const isTaken = verb === 'deploy' || (verb === 'rebuild' && version >= REBUILD_WITH_DRIVE_SINCE);
  if (!isTaken) throw misplaced('configdrive', ['deploy', 'rebuild']);
  if (typeof configdrive !== 'object') return;
  const since = 'vendor_data' in configdrive ? VENDOR_DATA_SINCE : DRIVE_OF_PARTS_SINCE;
  if (version >= since) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Providing such a JSON object for configdrive is only supported starting with API version 1.${since}`,
  );
}

/** The config drive of a request; an empty text or object stands for none. */
export function configDriveOf({ configdrive = '' }: ProvisionBody): ConfigDriveValue | null {
  const isNothing = typeof configdrive === 'string' ? configdrive === '' : Object.keys(configdrive).length === 0;
  return isNothing ? null : configdrive;
}

const RUNBOOKS_SINCE = 92;

/**
 * The request with the steps of the runbook that it names, whatever the verb: who may not use it learns no more.
 * @throws BareMetalError `InvalidParameterValue` when it lists steps too, and what the runbook is refused with
 */
export async function withRunbook(
  tools: Tools,
  { node, verb, context }: { readonly node: Node; readonly verb: Verb; readonly context: RequestContext },
  body: ProvisionBody,
): Promise<ProvisionBody> {
  if (body.runbook === undefined) return body;
  requireVersion(context.version, RUNBOOKS_SINCE);
  const { steps, disableRamdisk } = await findRunbook(tools, node, { ident: body.runbook, context });
  if (verb !== 'clean' && verb !== 'service') throw misplaced('runbook', ['clean', 'service']);
  const field = `${verb}_steps` as const;
  if (Array.isArray(body[field]) && body[field].length > 0) {
    throw new BareMetalError('InvalidParameterValue', `Please provide either "${field}" or a runbook, but not both.`);
  }
  return { ...body, [field]: steps, disable_ramdisk: disableRamdisk };
}

/** What the operation is told of the request. @throws BareMetalError `InvalidParameterValue` */
export function argumentsOf(body: ProvisionBody, verb: Verb): OperationArgs {
  if (verb === 'clean' || verb === 'service') return listedSteps(body, verb);
  return body.deploy_steps === undefined ? {} : { steps: parseSteps('deploy_steps', body.deploy_steps) };
}

/** Cleaning by hand and service are the steps that the request lists. */
function listedSteps(body: ProvisionBody, verb: 'clean' | 'service'): OperationArgs {
  const field = `${verb}_steps` as const;
  const value = body[field];
  if (!Array.isArray(value) || value.length === 0) {
    throw new BareMetalError(
      'InvalidParameterValue',
      `"${field}" is required when setting target provision state to ${verb}`,
    );
  }
  const { disable_ramdisk: disableRamdisk } = body;
  return { steps: parseSteps(field, value), ...(disableRamdisk !== undefined && { disableRamdisk }) };
}
