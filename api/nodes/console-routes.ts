import { z } from 'zod';
import { getConsoleToken } from '../../db/device-changes.ts';
import { getSerialConsole, type ConsolePlace } from '../../db/serial-consoles.ts';
import type { Node } from '../../domain/node.ts';
import { queryBoolean, wordyBoolean } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupported } from '../unsupported.ts';
import { findNode } from './change.ts';
import { requireChangeable, startDeviceChange } from './device-change.ts';
import { nameOf, nodeOf } from './find.ts';

/** The console of a machine: on or off, and where it is looked into. */
export function consoleRoutes(tools: Tools): Route[] {
  const path = '/v1/nodes/:node/states/console';
  return [
    route({
      method: 'get',
      path,
      rule: 'baremetal:node:get_console',
      run: async ({ params, context }) => {
        const info = await consoleInfo(tools, await nodeOf(tools.db, params, context));
        return { status: 200, body: { console_enabled: info !== null, console_info: info } };
      },
    }),
    route({
      method: 'put',
      path,
      rule: 'baremetal:node:set_console_state',
      query: z.strictObject({ enabled: queryBoolean.optional() }),
      bodyName: 'console request',
      body: z.strictObject({ enabled: wordyBoolean }),
      run: async ({ params, body: { enabled }, context }) => {
        const name = nameOf(params, context);
        const node = await findNode(tools.db, name);
        if (node.interfaces.console === 'no-console') throw unsupported(node.driver, 'console');
        const what = 'console';
        await requireChangeable(tools, node, { what, extension: what });
        if (node.consoleEnabled !== enabled)
          await startDeviceChange(tools, { node, change: { what, enabled } }, context);
        return { status: 202, location: `${context.origin}/v1/nodes/${name}/states/console` };
      },
    }),
  ];
}

async function consoleInfo(tools: Tools, node: Node): Promise<object | null> {
  if (!node.consoleEnabled) return null;
  if (node.interfaces.console.endsWith('graphical')) return await graphicalConsole(tools, node);
  const serial = await getSerialConsole(tools.db, node.uuid);
  // While another worker takes a console over it is said to be where it was.
  return serial?.place ? { type: 'socat', url: `tcp://${hostIn(serial.place)}:${serial.place.port}` } : {};
}

function hostIn({ host }: ConsolePlace): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Graphical consoles are at a URL with a token that expires; with it the console counts as off. */
async function graphicalConsole({ db, config }: Tools, node: Node): Promise<object | null> {
  const token = await getConsoleToken(db, node.uuid);
  if (token === undefined) return null;
  const url = new URL(config.ANNEAL_CONSOLE_URL);
  url.searchParams.set('path', `websockify?token=${token}`);
  url.searchParams.set('title', node.name ?? node.uuid);
  return { type: 'vnc', url: url.href };
}
