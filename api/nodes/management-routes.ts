import { z } from 'zod';
import { noteBootDevice } from '../../db/nodes.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { BootDevice, Node } from '../../domain/node.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { awaitOperation } from '../operation-result.ts';
import { startOperation } from '../operations.ts';
import { queryBoolean } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { nodeOf } from './find.ts';

/** Boot device and NMI. */
export function managementRoutes(tools: Tools): Route[] {
  return [...bootDeviceRoutes(tools), nmiRoute(tools)];
}

function bootDeviceRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/nodes/:node/management/boot_device',
      rule: 'baremetal:node:get_boot_device',
      run: async ({ params, context }) => {
        const node = await nodeOf(tools.db, params, context);
        return { status: 200, body: notedBootDevice(node) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/nodes/:node/management/boot_device/supported',
      rule: 'baremetal:node:get_boot_device',
      run: async ({ params, context }) => {
        const node = await nodeOf(tools.db, params, context);
        return { status: 200, body: { supported_boot_devices: await supportedBy(tools, node) } };
      },
    }),
    route({
      method: 'put',
      path: '/v1/nodes/:node/management/boot_device',
      rule: 'baremetal:node:set_boot_device',
      query: z.strictObject({ persistent: queryBoolean.optional() }),
      body: z.strictObject({ boot_device: z.string(), persistent: z.boolean().nullish() }),
      run: async ({ params, query, body, context }) => {
        const node = await nodeOf(tools.db, params, context);
        const persistent = body.persistent ?? query.persistent ?? false;
        const device = await supportedDevice(tools, node, body.boot_device);
        const args = { bootDevice: { device, persistent } };
        await awaitOperation(tools, await startOperation(tools, { node, verb: 'boot-device', args }, context));
        await noteBootDevice(tools.db, node.uuid, { boot_device: device, persistent });
        return { status: 204 };
      },
    }),
  ];
}

/** What was set last, by whomever; Ironic too answers null where it can't know. A GET asks no BMC. */
function notedBootDevice({ driverInternalInfo }: Node): unknown {
  return driverInternalInfo['boot_device'] ?? { boot_device: null, persistent: null };
}

async function supportedBy({ db }: Tools, node: Node): Promise<readonly string[]> {
  const facts = await hardwareTypeOfSite(db, node.driver, node.conductorGroup);
  return facts.supportedBootDevices;
}

async function supportedDevice(tools: Tools, node: Node, device: string): Promise<BootDevice> {
  const supported = await supportedBy(tools, node);
  if (supported.includes(device)) return device as BootDevice;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Invalid boot device ${device} specified. The driver ${node.driver} supports: ${supported.join(', ')}.`,
  );
}

function nmiRoute(tools: Tools): Route {
  return route({
    method: 'put',
    path: '/v1/nodes/:node/management/inject_nmi',
    since: 29,
    rule: 'baremetal:node:inject_nmi',
    body: z.unknown(),
    run: async ({ params, context }) => {
      const node = await nodeOf(tools.db, params, context);
      await awaitOperation(tools, await startOperation(tools, { node, verb: 'inject-nmi', args: {} }, context));
      return { status: 204 };
    },
  });
}
