import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  addActiveAllocation,
  addWaitingAllocation,
  explainRefusal,
  findNodeFor,
  noteRefusal,
  offerNode,
  type AllocationSettings,
  type Requester,
} from '../../db/allocations.ts';
import { getNode, lockNode } from '../../db/nodes.ts';
import { inTransaction } from '../../db/pool.ts';
import type { RecordRow } from '../../db/record-table.ts';
import { listTraits } from '../../db/traits.ts';
import { refusalText } from '../../domain/allocations.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { ownersOf } from '../nodes/access.ts';
import { refuseWhileHeld } from '../nodes/change.ts';
import { actsForProject } from '../policy/owner.ts';
import type { NewRecord } from '../resource/change.ts';
import type { RequestContext } from '../route.ts';

/** A body of POST /v1/allocations. */
export type NewAllocation = NewRecord<AllocationSettings> & { readonly node?: string | null | undefined };

/**
 * Adds an allocation and looks for its node.
 * @param queues whether it waits when nothing fits, instead of failing as Ironic's do
 * @returns its uuid
 * @throws BareMetalError `InvalidParameterValue`, `AlreadyExists`, `NodeAssociated`, `AllocationFailed`
 */
export async function createAllocation(
  db: pg.Pool,
  body: NewAllocation,
  { queues, context }: { queues: boolean; context: RequestContext },
): Promise<string> {
  const { uuid, node: ident, ...rest } = body;
  const settings = { ...rest, owner: ownerOfAllocation(rest.owner, context) };
  if (ident !== null && ident !== undefined) return await backfill(db, ident, { ...settings, uuid }, context);
  if (settings.resource_class === null) {
    throw new BareMetalError('InvalidParameterValue', 'The resource_class field is mandatory when not backfilling');
  }
  const candidates = await uuidsOf(db, settings.candidate_nodes, context);
  const row = { ...settings, candidate_nodes: candidates, uuid: uuid ?? randomUUID() };
  await addWaitingAllocation(db, row, requesterOf(context));
  await seekNode(db, row, queues ? 'allocating' : 'error');
  return row.uuid;
}

function requesterOf({ requestId, caller }: RequestContext): Requester {
  return { requestId, username: caller.username, project: caller.projectId };
}

/** Whom an allocation is for: the caller's project, unless the caller may ask for others. @throws BareMetalError `Forbidden` */
function ownerOfAllocation(asked: string | null, { caller, grant }: RequestContext): string | null {
  if (!actsForProject(caller)) return asked;
  if (asked === null || asked === caller.projectId) return caller.projectId;
  if (grant.may('baremetal:allocation:create_restricted')) return asked;
  throw new BareMetalError(
    'Forbidden',
    `Cannot create allocation with an owner Project ID value ${asked} not matching the requester Project ID ` +
      `${caller.projectId}. Policy baremetal:allocation:create_restricted is required for this capability.`,
  );
}

async function uuidsOf(db: pg.Pool, idents: readonly string[], { grant }: RequestContext): Promise<string[]> {
  const nodes = await Promise.all(idents.map((ident) => getNode(db, ident)));
  const missing = idents.filter((_, index) => {
    const node = nodes[index];
    return node === undefined || !grant.may('baremetal:node:get', ownersOf(node));
  });
  if (missing.length > 0) {
    throw new BareMetalError('InvalidParameterValue', `Nodes cannot be found: ${missing.join(', ')}`);
  }
  return nodes.flatMap((node) => (node === undefined ? [] : [node.uuid]));
}

/** A free node may go to an allocation that waits longer, again and again while many arrive at once. */
const MAX_OFFERS = 200;

async function seekNode(
  db: pg.Pool,
  row: RecordRow<AllocationSettings>,
  otherwise: 'allocating' | 'error',
): Promise<void> {
  for (let offers = 0; offers < MAX_OFFERS; offers += 1) {
    const nodeUuid = await findNodeFor(db, row.uuid);
    if (nodeUuid === undefined) break;
    await offerNode(db, nodeUuid);
  }
  const wish = {
    uuid: row.uuid,
    resourceClass: row.resource_class,
    traits: row.traits,
    candidateNodes: row.candidate_nodes,
  };
  const reason = refusalText(wish, await explainRefusal(db, row.uuid));
  await noteRefusal(db, { uuid: row.uuid, state: otherwise, reason });
}

/** Makes an allocation for a node that is deployed already. */
async function backfill(
  db: pg.Pool,
  ident: string,
  settings: Omit<RecordRow<AllocationSettings>, 'uuid'> & { uuid: string | null | undefined },
  context: RequestContext,
): Promise<string> {
  const found = await getNode(db, ident);
  if (found === undefined || !context.grant.may('baremetal:node:get', ownersOf(found))) {
    throw new BareMetalError('InvalidParameterValue', `Node ${ident} could not be found.`);
  }
  const candidates = await uuidsOf(db, settings.candidate_nodes, context);
  return await inTransaction(db, async (client) => {
    const node = (await lockNode(client, found.uuid)) ?? found;
    refuseWhileHeld(node);
    const uuid = settings.uuid ?? node.instanceUuid ?? randomUUID();
    const row = {
      ...settings,
      candidate_nodes: candidates,
      resource_class: settings.resource_class ?? node.resourceClass,
      uuid,
    };
    refuseUnfit(row, node, await listTraits(client, node.uuid));
    await addActiveAllocation(client, row, { nodeUuid: node.uuid, requester: requesterOf(context) });
    return uuid;
  });
}

function refuseUnfit(row: RecordRow<AllocationSettings>, node: Node, traits: readonly string[]): void {
  if (node.instanceUuid !== null && node.instanceUuid !== row.uuid) {
    throw new BareMetalError('NodeAssociated', `Node ${node.uuid} is associated with instance ${node.instanceUuid}.`);
  }
  const errors = [
    node.provisionState !== 'active' &&
      `Node must be in the "active" state, but the current state is "${node.provisionState}"`,
    node.resourceClass !== row.resource_class &&
      `Resource class ${node.resourceClass ?? 'None'} does not match the requested resource class ${row.resource_class ?? 'None'}`,
    row.traits.some((trait) => !traits.includes(trait)) &&
      `List of traits ${traits.join(', ')} does not match the requested traits ${row.traits.join(', ')}`,
    row.candidate_nodes.length > 0 &&
      !row.candidate_nodes.includes(node.uuid) &&
      `Candidate nodes must be empty or contain the target node, but got ${row.candidate_nodes.join(', ')}`,
  ].filter((error) => error !== false);
  if (errors.length === 0) return;
  throw new BareMetalError(
    'AllocationFailed',
    `Failed to process allocation ${row.uuid}: Cannot backfill an allocation for node ${node.uuid}: ${errors.join('; ')}.`,
  );
}
