import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import { POWER_TARGETS, type PowerTarget } from '../../domain/node.ts';
import type { ProvisionState } from '../../domain/provision-states.ts';
import { requireVersion } from '../microversion.ts';
import { orAbsent } from '../query-values.ts';
import { startOperation } from '../operations.ts';
import type { Answer, RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findNode } from './change.ts';

/** PUT /v1/nodes/{node}/states/power. */
export const PowerBody = z.strictObject({
  target: z.string({ error: 'expected a power state such as "power on"' }),
  timeout: orAbsent(z.int({ error: 'timeout has to be positive integer' })),
});

// Soft targets and the time-out came together.
const SOFT_SINCE = 27;

/** Starts the change of power; the answer says that the node was claimed for it. */
export async function changePower(
  tools: Tools,
  uuidOrName: string,
  { target, timeout }: z.infer<typeof PowerBody>,
  context: RequestContext,
): Promise<Answer> {
  const node = await findNode(tools.db, uuidOrName);
  if (target.startsWith('soft ') || timeout !== undefined) requireVersion(context.version, SOFT_SINCE);
  if (timeout !== undefined && timeout < 1) {
    throw new BareMetalError('InvalidParameterValue', 'timeout has to be positive integer');
  }
  if (!isPowerTarget(target)) throw illegal(target, uuidOrName, node.powerState);
  if (CLEANING.includes(node.provisionState)) throw illegal(target, uuidOrName, node.provisionState);
  if ((target === 'power off' || target === 'soft power off') && node.disablePowerOff) {
    throw new BareMetalError('InvalidState', `Node ${node.uuid} has disable_power_off set: it can only be rebooted.`);
  }
  await startOperation(tools, { node, verb: 'power', args: { power: { target, timeoutS: timeout ?? null } } }, context);
  return { status: 202, location: `${context.origin}/v1/nodes/${uuidOrName}/states` };
}

// A reboot from outside would go unseen by what erases disks.
const CLEANING: readonly ProvisionState[] = ['cleaning', 'clean wait'];

function illegal(target: string, node: string, state: string | null): BareMetalError {
  return new BareMetalError(
    'InvalidStateRequested',
    `The requested action "${target}" can not be performed on node "${node}" while it is in state "${state}".`,
  );
}

function isPowerTarget(target: string): target is PowerTarget {
  return (POWER_TARGETS as readonly string[]).includes(target);
}
