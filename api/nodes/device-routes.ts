import { z } from 'zod';
import type { DeviceChange } from '../../domain/device-changes.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isTransient } from '../../domain/provision-states.ts';
import { wordyBoolean } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findNode } from './change.ts';
import { consoleRoutes } from './console-routes.ts';
import { requireChangeable, startDeviceChange } from './device-change.ts';
import { nameOf } from './find.ts';
import { virtualMediaRoutes } from './virtual-media-routes.ts';

/** Boot mode, secure boot, console and virtual media of a machine. */
export function deviceRoutes(tools: Tools): Route[] {
  return [...firmwareModeRoutes(tools), ...consoleRoutes(tools), ...virtualMediaRoutes(tools)];
}

const SINCE = 76;

function firmwareModeRoutes(tools: Tools): Route[] {
  const change = async (name: string, wanted: { change: DeviceChange; extension: string }, context: RequestContext) => {
    const node = await findNode(tools.db, name);
    const { what } = wanted.change;
    await requireChangeable(tools, node, { what, extension: wanted.extension });
    if (isTransient(node.provisionState)) {
      throw new BareMetalError(
        'InvalidState',
        `Node ${node.uuid} is "${node.provisionState}": its ${what} must not change under what is going on.`,
      );
    }
    await startDeviceChange(tools, { node, change: wanted.change }, context);
    return { status: 202, location: `${context.origin}/v1/nodes/${name}/states` };
  };
  return [
    route({
      method: 'put',
      path: '/v1/nodes/:node/states/boot_mode',
      rule: 'baremetal:node:set_boot_mode',
      since: SINCE,
      bodyName: 'boot mode request',
      body: z.strictObject({ target: z.enum(['bios', 'uefi']) }),
      run: ({ params, body: { target }, context }) => {
        const wanted = { change: { what: 'boot mode', target }, extension: 'set_boot_mode' } as const;
        return change(nameOf(params, context), wanted, context);
      },
    }),
    route({
      method: 'put',
      path: '/v1/nodes/:node/states/secure_boot',
      rule: 'baremetal:node:set_secure_boot',
      since: SINCE,
      bodyName: 'secure boot request',
      body: z.strictObject({ target: wordyBoolean }),
      run: ({ params, body: { target }, context }) => {
        const wanted = { change: { what: 'secure boot', target }, extension: 'set_secure_boot_state' } as const;
        return change(nameOf(params, context), wanted, context);
      },
    }),
  ];
}
