import { z } from 'zod';
import { lookupAgent, recordHeartbeat, type LookedUpAgent } from '../../db/agent-sessions.ts';
import { findInspectedNode } from '../../db/inspection.ts';
import { saveInventory } from '../../db/inventory.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/node.ts';
import { AGENT_HEARTBEAT_SIGNAL, INVENTORY_SIGNAL } from '../../workflows/messages.ts';
import { requireVersion } from '../microversion.ts';
import { findNode } from '../nodes/change.ts';
import { signalOperation } from '../operations.ts';
import { commaList, orAbsent, uuidText } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import { maskSecrets } from '../secrets.ts';
import type { Tools } from '../tools.ts';

const RAMDISK_SINCE = 22;

/** What the agent in the ramdisk calls; it has no credentials but the token that lookup hands out. */
export function agentRoutes(tools: Tools): Route[] {
  return [lookupRoute(tools), heartbeatRoute(tools), inspectionRoute(tools)];
}

function lookupRoute({ db, config }: Tools): Route {
  return route({
    method: 'get',
    path: '/v1/lookup',
    since: RAMDISK_SINCE,
    open: true,
    query: z.strictObject({ addresses: commaList.optional(), node_uuid: uuidText.optional() }),
    run: async ({ query, context }) => {
      const { addresses = [], node_uuid: nodeUuid } = query;
      if (addresses.length === 0 && nodeUuid === undefined) {
        throw new BareMetalError(
          'InvalidParameterValue',
          "At least one of 'addresses' and 'node_uuid' parameters is required",
        );
      }
      const found = await lookupAgent(db, { addresses, nodeUuid });
      if (found === undefined) throw new BareMetalError('NotFound', 'Resource could not be found.');
      const heartbeatTimeoutS = config.ANNEAL_AGENT_HEARTBEAT_TIMEOUT_S;
      return { status: 200, body: lookupView(found, context, heartbeatTimeoutS) };
    },
  });
}

function lookupView({ node, token }: LookedUpAgent, { origin }: RequestContext, heartbeatTimeoutS: number) {
  return {
    node: {
      uuid: node.uuid,
      properties: node.properties,
      instance_info: maskSecrets(node.instanceInfo),
      driver_internal_info: maskSecrets(node.driverInternalInfo),
      links: [
        { href: `${origin}/v1/nodes/${node.uuid}`, rel: 'self' },
        { href: `${origin}/nodes/${node.uuid}`, rel: 'bookmark' },
      ],
    },
    config: {
      metrics: {
        backend: 'noop',
        prepend_host: false,
        prepend_uuid: false,
        prepend_host_reverse: true,
        global_prefix: null,
      },
      metrics_statsd: { statsd_host: 'localhost', statsd_port: 8125 },
      heartbeat_timeout: heartbeatTimeoutS,
      agent_token: token,
      agent_token_required: true,
      agent_md5_checksum_enable: false,
      disable_deep_image_inspection: false,
      permitted_image_formats: ['raw', 'qcow2'],
      agent_skip_bmc_detect: false,
    },
  };
}

/** Members of a heartbeat that came with later versions. */
const HEARTBEAT_SINCE: Readonly<Record<string, number>> = {
  agent_version: 36,
  agent_token: 62,
  agent_verify_ca: 68,
  agent_status: 72,
  agent_status_message: 72,
};

function heartbeatRoute(tools: Tools): Route {
  return route({
    method: 'post',
    path: '/v1/heartbeat/:node',
    since: RAMDISK_SINCE,
    open: true,
    bodyName: 'heartbeat',
    body: z.strictObject({
      callback_url: z.string(),
      agent_token: orAbsent(z.string()),
      agent_version: orAbsent(z.string()),
      agent_verify_ca: orAbsent(z.string()),
      agent_status: orAbsent(z.enum(['start', 'end', 'error'])),
      agent_status_message: orAbsent(z.string()),
    }),
    run: async ({ params, body, sent, context }) => {
      for (const name of sent) requireVersion(context.version, HEARTBEAT_SINCE[name] ?? RAMDISK_SINCE);
      if (body.agent_token === undefined) {
        throw new BareMetalError('InvalidParameterValue', 'Agent token is required for heartbeat processing.');
      }
      const node = await findNode(tools.db, params['node'] ?? '');
      const { bootId, awaited } = await recordHeartbeat(tools.db, {
        nodeUuid: node.uuid,
        token: body.agent_token,
        callbackUrl: body.callback_url,
        verifyCa: body.agent_verify_ca,
        agentVersion: body.agent_version,
      });
      if (awaited) {
        await signalOperation(tools, node.uuid, { signal: AGENT_HEARTBEAT_SIGNAL, payload: { bootId } });
      }
      return { status: 202 };
    },
  });
}

const InspectionBody = z.looseObject({
  inventory: z.looseObject({
    interfaces: z.array(z.looseObject({ mac_address: orAbsent(z.string()) })).min(1),
    bmc_address: orAbsent(z.string()),
    bmc_v6address: orAbsent(z.string()),
  }),
});

function inspectionRoute(tools: Tools): Route {
  return route({
    method: 'post',
    path: '/v1/continue_inspection',
    open: true,
    large: true,
    query: z.strictObject({ node_uuid: uuidText.optional() }),
    bodyName: 'data',
    body: InspectionBody,
    run: async ({ query, body }) => {
      const addresses = body.inventory.interfaces.flatMap(({ mac_address: mac }) => (mac === undefined ? [] : [mac]));
      const found = await findInspectedNode(tools.db, { nodeUuid: query.node_uuid ?? null, addresses });
      if (found === undefined) throw new BareMetalError('NotFound', 'Resource could not be found.');
      const { nodeUuid, bootId } = found;
      await saveInventory(tools.db, { nodeUuid, inventory: body.inventory, pluginData: pluginDataOf(body) });
      await signalOperation(tools, nodeUuid, { signal: INVENTORY_SIGNAL, payload: { bootId } });
      return { status: 202, body: { uuid: nodeUuid } };
    },
  });
}

/** What the agent's collectors found besides the inventory; its packed logs are not kept. */
function pluginDataOf(body: z.infer<typeof InspectionBody>): JsonObject {
  const { inventory: _inventory, logs: _logs, ...rest } = body;
  return rest;
}
