import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { isTransient } from '../../domain/provision-states.ts';
import { queryBoolean, wordyBoolean } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupported } from '../unsupported.ts';
import { findNode } from './change.ts';
import { nameOf } from './routes.ts';

/**
 * What no driver of Anneal can do yet: boot mode, secure boot, console, virtual media. Requests are checked as Ironic
 * checks them, and refused in its words for a driver that lacks the feature.
 */
export function deviceRoutes(tools: Tools): Route[] {
  return [...firmwareModeRoutes(tools), ...consoleRoutes(tools), ...virtualMediaRoutes(tools)];
}

interface Named {
  readonly params: Readonly<Record<string, string>>;
  readonly context: RequestContext;
}

const nodeOf = ({ db }: Tools, { params, context }: Named): Promise<Node> => findNode(db, nameOf(params, context));

function firmwareModeRoutes(tools: Tools): Route[] {
  const change = async (call: Named, extension: string) => {
    const node = await nodeOf(tools, call);
    if (!isTransient(node.provisionState)) throw unsupported(node.driver, extension);
    throw new BareMetalError(
      'InvalidState',
      `Node ${node.uuid} is "${node.provisionState}": its boot mode must not change under what is going on.`,
    );
  };
  const since = 76;
  return [
    route({
      method: 'put',
      path: '/v1/nodes/:node/states/boot_mode',
      rule: 'baremetal:node:set_boot_mode',
      since,
      bodyName: 'boot mode request',
      body: z.strictObject({ target: z.enum(['bios', 'uefi']) }),
      run: (call) => change(call, 'set_boot_mode'),
    }),
    route({
      method: 'put',
      path: '/v1/nodes/:node/states/secure_boot',
      rule: 'baremetal:node:set_secure_boot',
      since,
      bodyName: 'secure boot request',
      body: z.strictObject({ target: wordyBoolean }),
      run: (call) => change(call, 'set_secure_boot_state'),
    }),
  ];
}

function consoleRoutes(tools: Tools): Route[] {
  const path = '/v1/nodes/:node/states/console';
  return [
    route({
      method: 'get',
      path,
      rule: 'baremetal:node:get_console',
      run: async (call) => {
        const node = await nodeOf(tools, call);
        return { status: 200, body: { console_enabled: node.consoleEnabled, console_info: null } };
      },
    }),
    route({
      method: 'put',
      path,
      rule: 'baremetal:node:set_console_state',
      query: z.strictObject({ enabled: queryBoolean.optional() }),
      bodyName: 'console request',
      body: z.strictObject({ enabled: wordyBoolean }),
      run: async (call) => {
        throw unsupported((await nodeOf(tools, call)).driver, 'console');
      },
    }),
  ];
}

const VIRTUAL_MEDIA_SINCE = 89;
const VIRTUAL_MEDIA_GET_SINCE = 93;

function virtualMediaRoutes(tools: Tools): Route[] {
  const path = '/v1/nodes/:node/vmedia';
  const device = z.enum(['cdrom', 'floppy', 'disk']);
  return [
    route({
      method: 'get',
      path,
      rule: 'baremetal:node:vmedia:get',
      since: VIRTUAL_MEDIA_GET_SINCE,
      run: async (call) => {
        throw unsupported((await nodeOf(tools, call)).driver, 'get_virtual_media');
      },
    }),
    route({
      method: 'post',
      path,
      rule: 'baremetal:node:vmedia:attach',
      since: VIRTUAL_MEDIA_SINCE,
      bodyName: 'vmedia',
      body: z.strictObject({
        device_type: device,
        image_url: z.string().regex(/^(https?|nfs|cifs|smb):\/\//, { error: 'unsupported or missing URL scheme' }),
        image_download_source: z.enum(['http', 'local', 'swift']).optional(),
      }),
      run: async (call) => {
        throw unsupported((await nodeOf(tools, call)).driver, 'attach_virtual_media');
      },
    }),
    route({
      method: 'delete',
      path,
      rule: 'baremetal:node:vmedia:detach',
      since: VIRTUAL_MEDIA_SINCE,
      query: z.strictObject({
        device_types: z
          .string()
          .transform((text) => text.split(','))
          .pipe(z.array(device))
          .optional(),
      }),
      run: async (call) => {
        throw unsupported((await nodeOf(tools, call)).driver, 'detach_virtual_media');
      },
    }),
  ];
}
