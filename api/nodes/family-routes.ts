import { listChildren } from '../../db/nodes.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { nodeOf } from './find.ts';

/** GET /v1/nodes/{node}/children: the nodes whose parent it is. */
export function familyRoutes({ db }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/nodes/:node/children',
      rule: { list: 'node' },
      since: 83,
      run: async ({ params, context }) => {
        const { uuid } = await nodeOf(db, params, context);
        const links = { href: `${context.origin}/v1/nodes?parent_node=${uuid}`, rel: 'children' };
        return { status: 200, body: { children: await listChildren(db, uuid, context.grant.project), links } };
      },
    }),
  ];
}
