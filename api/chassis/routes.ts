import { listNodes } from '../nodes/list.ts';
import { DetailQuery, ListQuery } from '../nodes/schemas.ts';
import { resourceRoutes } from '../resource/routes.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { chassis } from './resource.ts';

/** /v1/chassis, and the nodes of one. */
export function chassisRoutes(tools: Tools): Route[] {
  return [...resourceRoutes(tools, chassis), ...nodesRoutes(tools)];
}

function nodesRoutes(tools: Tools): Route[] {
  const path = '/v1/chassis/:chassis/nodes';
  return [
    route({
      method: 'get',
      path,
      rule: 'baremetal:chassis:get',
      query: ListQuery,
      run: ({ params, query, context }) => listNodes(tools, { ...query, chassis_uuid: params['chassis'] }, context),
    }),
    route({
      method: 'get',
      path: `${path}/detail`,
      rule: 'baremetal:chassis:get',
      query: DetailQuery,
      run: ({ params, query, context }) =>
        listNodes(tools, { ...query, chassis_uuid: params['chassis'] }, context, 'all'),
    }),
  ];
}
