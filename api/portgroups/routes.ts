import { listOfNodeRoutes, resourceRoutes } from '../resource/routes.ts';
import type { Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { portgroups } from './resource.ts';

const OF_NODE_SINCE = 24;

/** /v1/portgroups and /v1/nodes/{node}/portgroups. */
export function portgroupRoutes(tools: Tools): Route[] {
  return [
    ...resourceRoutes(tools, portgroups),
    ...listOfNodeRoutes(tools, portgroups, { below: 'portgroups', since: OF_NODE_SINCE }),
  ];
}
