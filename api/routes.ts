import { nodeRoutes } from './nodes/routes.ts';
import { portRoutes } from './ports/routes.ts';
import { healthRoutes } from './root/health.ts';
import { versionRoutes } from './root/versions.ts';
import type { Route } from './route.ts';
import type { Tools } from './tools.ts';

/** Every line of the API; where two paths fit a request the first is taken. */
export function allRoutes(tools: Tools): Route[] {
  return [...healthRoutes(tools), ...versionRoutes(), ...nodeRoutes(tools), ...portRoutes(tools)];
}
