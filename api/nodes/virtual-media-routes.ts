import { z } from 'zod';
import { dropUnattachedMedium, listVirtualMedia, putVirtualMedium } from '../../db/device-changes.ts';
import { MEDIA_DEVICES } from '../../domain/device-changes.ts';
import { awaitOperation } from '../operation-result.ts';
import { route, type Route } from '../route.ts';
import { maskUrl } from '../secrets.ts';
import type { Tools } from '../tools.ts';
import { requireChangeable, startDeviceChange } from './device-change.ts';
import { nodeOf } from './find.ts';

const SINCE = 89;
const GET_SINCE = 93;
const path = '/v1/nodes/:node/vmedia';
const device = z.enum(MEDIA_DEVICES);
const AttachBody = z.strictObject({
  device_type: device,
  image_url: z.string().regex(/^(https?|nfs|cifs|smb):\/\//, { error: 'unsupported or missing URL scheme' }),
  image_download_source: z.enum(['http', 'local', 'swift']).optional(),
});

/** Images that a machine's BMC pretends to have as a drive. */
export function virtualMediaRoutes(tools: Tools): Route[] {
  return [listRoute(tools), attachRoute(tools), detachRoute(tools)];
}

function listRoute(tools: Tools): Route {
  return route({
    method: 'get',
    path,
    rule: 'baremetal:node:vmedia:get',
    since: GET_SINCE,
    refusal: { isFault: true },
    run: async ({ params, context }) => {
      const node = await nodeOf(tools.db, params, context);
      await requireChangeable(tools, node, { what: 'attach media', extension: 'get_virtual_media' });
      const media = await listVirtualMedia(tools.db, node.uuid);
      const views = media.map(({ deviceType, imageUrl, attached }) => ({
        media_types: [deviceType],
        inserted: attached,
        image: attached ? maskUrl(imageUrl) : null,
      }));
      return { status: 200, body: { vmedia: views } };
    },
  });
}

function attachRoute(tools: Tools): Route {
  return route({
    method: 'post',
    path,
    rule: 'baremetal:node:vmedia:attach',
    since: SINCE,
    bodyName: 'vmedia',
    body: AttachBody,
    run: async ({ params, body: { device_type: deviceType, image_url: imageUrl }, context }) => {
      const node = await nodeOf(tools.db, params, context);
      const what = 'attach media';
      await requireChangeable(tools, node, { what, extension: 'attach_virtual_media' });
      await putVirtualMedium(tools.db, { nodeUuid: node.uuid, deviceType, imageUrl });
      try {
        const handle = await startDeviceChange(tools, { node, change: { what, deviceType } }, context);
        await awaitOperation(tools, handle);
      } catch (error) {
        await dropUnattachedMedium(tools.db, node.uuid, deviceType);
        throw error;
      }
      return { status: 204 };
    },
  });
}

function detachRoute(tools: Tools): Route {
  return route({
    method: 'delete',
    path,
    rule: 'baremetal:node:vmedia:detach',
    since: SINCE,
    query: z.strictObject({
      device_types: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(device))
        .optional(),
    }),
    run: async ({ params, query, context }) => {
      const node = await nodeOf(tools.db, params, context);
      const what = 'detach media';
      await requireChangeable(tools, node, { what, extension: 'detach_virtual_media' });
      const change = { what, deviceTypes: query.device_types ?? MEDIA_DEVICES } as const;
      await awaitOperation(tools, await startDeviceChange(tools, { node, change }, context));
      return { status: 204 };
    },
  });
}
