import { z } from 'zod';
import { getNetworkByNameOrUuid } from '../../db/networks.ts';
import { attachVif, detachVif, listVifs } from '../../db/vifs.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { requireVersion } from '../microversion.ts';
import { awaitOperation } from '../operation-result.ts';
import { startOperation } from '../operations.ts';
import { orAbsent, uuidText } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { nodeOf, unheldNodeOf } from './find.ts';

const since = 28;
const PORT_UUID_SINCE = 67;

/** /v1/nodes/{node}/vifs: virtual interfaces of the tenant. */
export function vifRoutes(tools: Tools): Route[] {
  const path = '/v1/nodes/:node/vifs';
  return [
    route({
      method: 'get',
      path,
      since,
      rule: 'baremetal:node:vif:list',
      run: async ({ params, context }) => {
        const node = await nodeOf(tools.db, params, context);
        const vifs = await listVifs(tools.db, node.uuid);
        return { status: 200, body: { vifs: vifs.map(({ vifId }) => ({ id: vifId })) } };
      },
    }),
    route({
      method: 'post',
      path,
      since,
      rule: 'baremetal:node:vif:attach',
      bodyName: 'vif',
      // Ironic takes further members for its network drivers and passes them on.
      body: z.looseObject({ id: z.string().min(1).max(255), port_uuid: orAbsent(uuidText) }),
      run: async ({ params, body, context }) => {
        if (body.port_uuid !== undefined) requireVersion(context.version, PORT_UUID_SINCE);
        const node = await unheldNodeOf(tools.db, params, context);
        await attach(tools, node, { vifId: body.id, portUuid: body.port_uuid ?? null }, context);
        return { status: 204 };
      },
    }),
    route({
      method: 'delete',
      path: `${path}/:vif`,
      since,
      rule: 'baremetal:node:vif:detach',
      run: async ({ params, context }) => {
        const node = await unheldNodeOf(tools.db, params, context);
        await detach(tools, node, params['vif'] ?? '', context);
        return { status: 204 };
      },
    }),
  ];
}

async function attach(
  tools: Tools,
  node: Node,
  vif: { vifId: string; portUuid: string | null },
  context: RequestContext,
): Promise<void> {
  await requireNetwork(tools, node, vif.vifId);
  const attached = await attachVif(tools.db, { nodeUuid: node.uuid, ...vif });
  if ('refused' in attached) throw refusal(node, vif.vifId, attached.refused);
  await flipRunningMachine(tools, node, context).catch(async (error: unknown) => {
    await detachVif(tools.db, { nodeUuid: node.uuid, vifId: vif.vifId });
    throw error;
  });
}

async function detach(tools: Tools, node: Node, vifId: string, context: RequestContext): Promise<void> {
  const attached = (await listVifs(tools.db, node.uuid)).find((candidate) => candidate.vifId === vifId);
  if (attached === undefined) {
    throw new BareMetalError('InvalidParameterValue', `VIF ${vifId} is not attached to node ${node.uuid}`);
  }
  await detachVif(tools.db, { nodeUuid: node.uuid, vifId });
  await flipRunningMachine(tools, node, context).catch(async (error: unknown) => {
    await attachVif(tools.db, { nodeUuid: node.uuid, vifId, portUuid: attached.portUuid });
    throw error;
  });
}

/** A machine that its tenant uses changes its networks at once; all others do so when they are deployed. */
async function flipRunningMachine(tools: Tools, node: Node, context: RequestContext): Promise<void> {
  if (node.provisionState !== 'active' || node.interfaces.network === 'noop') return;
  await awaitOperation(tools, await startOperation(tools, { node, verb: 'flip-network', args: {} }, context));
}

async function requireNetwork({ db }: Tools, node: Node, vifId: string): Promise<void> {
  if (node.interfaces.network === 'noop') return;
  const network = await getNetworkByNameOrUuid(db, vifId);
  if (network === undefined) {
    throw new BareMetalError(
      'NetworkNotFound',
      `VIF ${vifId}: there is no network of this name or uuid; create it with POST /anneal/v1/networks.`,
    );
  }
  if (network.purpose === null) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `VIF ${vifId}: Anneal uses this network itself, for ${network.purpose}; a tenant can't have it.`,
  );
}

function refusal(node: Node, vifId: string, refused: 'attached already' | 'no free port'): BareMetalError {
  if (refused === 'attached already') {
    return new BareMetalError(
      'VifAlreadyAttached',
      `Unable to attach VIF because VIF ${vifId} is already attached to node ${node.uuid}`,
    );
  }
  return new BareMetalError(
    'NoFreePhysicalPorts',
    `Unable to attach VIF ${vifId}, not enough free physical ports on node ${node.uuid}.`,
  );
}
