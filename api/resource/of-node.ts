import { getNode, getNodeByUuid } from '../../db/nodes.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { findVisibleNode, mayMoveTo, refuseWhileHeld } from '../nodes/change.ts';
import type { RequestContext } from '../route.ts';
import type { ListFilters, ResourceChange } from './definition.ts';

/**
 * The node that a new or changed record belongs to. A body that names no node is a bad body: 400, not 404.
 * @throws BareMetalError `InvalidParameterValue`; `NodeLocked` where a record of a held node is changed
 */
export async function nodeOfRecord<Document extends { readonly node_uuid: string }>(
  client: Queryable,
  { document, before, context }: Pick<ResourceChange<Document>, 'document' | 'before' | 'context'>,
): Promise<Node> {
  const node = await getNodeByUuid(client, document.node_uuid);
  if (node === undefined || !(await mayMoveTo(client, node, before?.node_uuid, context))) {
    throw new BareMetalError(
      'InvalidParameterValue',
      before === undefined
        ? `Node ${document.node_uuid} could not be found.`
        : `Unable to apply the requested node_uuid '${document.node_uuid}'. Requested value was invalid.`,
    );
  }
  if (before !== undefined) refuseWhileHeld(node);
  return node;
}

/** The filter of a list by `node`: a uuid or a name. @throws BareMetalError `NodeNotFound` */
export async function filterOfNode(
  db: Queryable,
  { node }: ListFilters,
  context: RequestContext,
): Promise<{ nodeUuid?: string }> {
  return typeof node === 'string' ? { nodeUuid: (await findVisibleNode(db, node, context)).uuid } : {};
}

/** Refuses to touch what belongs to a node that an operation works on. @throws BareMetalError `NodeLocked` */
export async function refuseWhileNodeHeld(client: Queryable, nodeUuid: string): Promise<void> {
  await freeNode(client, nodeUuid);
}

/** The node of this uuid, on which no operation works; undefined when it has gone. @throws BareMetalError `NodeLocked` */
export async function freeNode(client: Queryable, nodeUuid: string): Promise<Node | undefined> {
  const node = await getNode(client, nodeUuid);
  if (node !== undefined) refuseWhileHeld(node);
  return node;
}
