import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import type { Verb } from '../../domain/provision-states.ts';
import type { OperationArgs } from '../../workflows/messages.ts';
import { requireVersion } from '../microversion.ts';
import { orAbsent } from '../query-values.ts';
import type { RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
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

/** Refuses arguments that do not go with the verb, or are newer than the version. @throws BareMetalError `InvalidParameterValue`, `NotAcceptable` */
export function checkArguments(body: ProvisionBody, verb: Verb, version: number): void {
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
}

function checkConfigDriveVersion({ configdrive }: ProvisionBody, verb: Verb, version: number): void {
  if (configdrive === undefined) return;
  if (verb === 'rebuild') requireVersion(version, 35);
  if (typeof configdrive === 'object') requireVersion(version, 56);
  if (typeof configdrive === 'object' && 'vendor_data' in configdrive) requireVersion(version, 59);
}

/**
 * The request with the steps of the runbook that it names.
 * @throws BareMetalError `InvalidParameterValue` when it lists steps too, and what the runbook is refused with
 */
export async function withRunbook(
  tools: Tools,
  { node, verb, context }: { readonly node: Node; readonly verb: Verb; readonly context: RequestContext },
  body: ProvisionBody,
): Promise<ProvisionBody> {
  if (body.runbook === undefined || (verb !== 'clean' && verb !== 'service')) return body;
  const { steps, disableRamdisk } = await findRunbook(tools, node, { ident: body.runbook, context });
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
