import { setTimeout as sleep } from 'node:timers/promises';
import { getNodeByUuid } from '../../db/nodes.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { isTransient, next, type Verb } from '../../domain/provision-states.ts';
import { cancelOperation } from '../operations.ts';
import type { Tools } from '../tools.ts';
import { lockedBy } from './change.ts';

/**
 * Refuses a verb that the node's state, maintenance, protection or retirement does not allow, as Ironic does
 * before anything is started; the claim checks again.
 * @throws BareMetalError `NodeLocked`, `InvalidStateRequested`, `NodeInMaintenance`, `NodeProtected`, `InvalidParameterValue`
 */
export function refuseIllegal(node: Node, verb: Verb, target: string): void {
  const deploys = verb === 'deploy' || verb === 'rebuild';
  if (deploys) refuseMaintenance(node, verb);
  if (next(node.provisionState, verb) === undefined) throw illegal(node, target);
  refuseMaintenance(node, verb);
  if ((verb === 'delete' || verb === 'rebuild') && node.protected) {
    throw new BareMetalError(
      'NodeProtected',
      `Node ${node.uuid} is protected and cannot be undeployed, rebuilt or deleted`,
    );
  }
  if (verb === 'provide' && node.retired) {
    throw new BareMetalError(
      'InvalidParameterValue',
      `The ${target} operation can't be performed on node ${node.uuid} because it is retired.`,
    );
  }
}

/** What maintenance forbids, in Ironic's words for each verb. */
const MAINTENANCE_FORBIDS: Partial<Record<Verb, string>> = {
  deploy: 'provisioning',
  rebuild: 'provisioning',
  clean: 'cleaning',
  service: 'service',
  rescue: 'rescuing',
  unrescue: 'unrescuing',
};

function refuseMaintenance(node: Node, verb: Verb): void {
  const forbidden = MAINTENANCE_FORBIDS[verb];
  if (!node.maintenance || forbidden === undefined) return;
  throw new BareMetalError(
    'NodeInMaintenance',
    `The ${forbidden} operation can't be performed on node ${node.uuid} because it's in maintenance mode.`,
  );
}

function illegal(node: Node, target: string): BareMetalError {
  if (node.reservation !== null) return lockedBy(node.uuid, node.reservation);
  return new BareMetalError(
    'InvalidStateRequested',
    `The requested action "${target}" can not be performed on node "${node.uuid}" while it is in state "${node.provisionState}".`,
  );
}

const SETTLE_MS = 10_000;
const SETTLE_POLL_MS = 200;

/**
 * Giving back a node whose deployment still waits: the deployment is aborted first, and puts things back.
 * @throws BareMetalError `NodeLocked` when that takes longer than a request may
 */
export async function settleAbortedDeployment(tools: Tools, node: Node): Promise<void> {
  if (!isTransient(node.provisionState)) return;
  await cancelOperation(tools, node);
  const until = Date.now() + SETTLE_MS;
  while (Date.now() < until) {
    const present = await getNodeByUuid(tools.db, node.uuid);
    if (present === undefined || present.reservation === null) return;
    await sleep(SETTLE_POLL_MS);
  }
  throw new BareMetalError(
    'NodeLocked',
    `Node ${node.uuid} is locked: its operation is being aborted and puts things back; ask for its deletion again when that is done.`,
  );
}
