import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isUuid } from '../../domain/ids.ts';
import type { Node } from '../../domain/node.ts';
import { identOf } from '../ident.ts';
import type { RequestContext } from '../route.ts';
import { findNode, refuseWhileHeld } from './change.ts';

type Params = Readonly<Record<string, string>>;

/** Before, nodes had no names. */
export const NAMES_SINCE = 5;

/** The uuid or name of the node in a request's path. @throws BareMetalError `NodeNotFound` for a name that is too early */
export function nameOf(params: Params, { version }: RequestContext): string {
  const name = identOf(params, 'node');
  if (version >= NAMES_SINCE || /^[0-9a-f-]{36}$/i.test(name)) return name;
  throw new BareMetalError('NodeNotFound', `Node ${name} could not be found.`);
}

/** The node of a request's path. @throws BareMetalError `NodeNotFound` */
export async function nodeOf(db: Queryable, params: Params, context: RequestContext): Promise<Node> {
  return await findNode(db, nameOf(params, context));
}

/**
 * The uuid of the node in a request's path, for what outlives its node: a deleted one is still found by its uuid.
 * @throws BareMetalError `NodeNotFound`
 */
export async function lastingUuidOf(db: Queryable, params: Params): Promise<string> {
  const name = params['node'] ?? '';
  return isUuid(name) ? name.toLowerCase() : (await findNode(db, name)).uuid;
}

/** The node of a request that changes what belongs to the node. @throws BareMetalError `NodeNotFound`, `NodeLocked` */
export async function unheldNodeOf(db: Queryable, params: Params, context: RequestContext): Promise<Node> {
  const node = await nodeOf(db, params, context);
  refuseWhileHeld(node);
  return node;
}
