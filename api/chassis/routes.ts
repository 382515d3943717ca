import { chassisTable } from '../../db/chassis.ts';
import { listNodes } from '../nodes/list.ts';
import { DetailQuery, ListQuery } from '../nodes/schemas.ts';
import { notFound } from '../resource/read.ts';
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
  const uuidOf = async (params: Readonly<Record<string, string>>): Promise<string> => {
    const uuid = params['chassis'] ?? '';
    if ((await chassisTable.show(tools.db, uuid, ['uuid'])) === undefined) throw notFound(chassis, uuid);
    return uuid;
  };
  return [
    route({
      method: 'get',
      path,
      query: ListQuery,
      run: async ({ params, query, context }) =>
        listNodes(tools, { ...query, chassis_uuid: await uuidOf(params) }, context),
    }),
    route({
      method: 'get',
      path: `${path}/detail`,
      query: DetailQuery,
      run: async ({ params, query, context }) =>
        listNodes(tools, { ...query, chassis_uuid: await uuidOf(params) }, context, 'all'),
    }),
  ];
}
