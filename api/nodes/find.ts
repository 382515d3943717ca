import type { Queryable } from '../../db/pool.ts';
import type { Node } from '../../domain/node.ts';
import type { RequestContext } from '../route.ts';
import { findNode, refuseWhileHeld } from './change.ts';
import { nameOf } from './routes.ts';

type Params = Readonly<Record<string, string>>;

/** The node of a request's path. @throws BareMetalError `NodeNotFound` */
export async function nodeOf(db: Queryable, params: Params, context: RequestContext): Promise<Node> {
  return await findNode(db, nameOf(params, context));
}

/** The same for a request that changes what belongs to the node. @throws BareMetalError `NodeNotFound`, `NodeLocked` */
export async function unheldNodeOf(db: Queryable, params: Params, context: RequestContext): Promise<Node> {
  const node = await nodeOf(db, params, context);
  refuseWhileHeld(node);
  return node;
}
