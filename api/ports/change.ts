import { randomUUID } from 'node:crypto';
import { inTransaction, type Database, type Queryable } from '../../db/pool.ts';
import { getNode } from '../../db/nodes.ts';
import { deletePort, getPort, insertPort, lockPort, updatePort, type PortSettings } from '../../db/ports.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { LocalLinkConnection, Port } from '../../domain/node.ts';
import { patchDocument, rootOf } from '../json-patch.ts';
import { requireKnown, requireVersion } from '../microversion.ts';
import { ownersOf } from '../nodes/access.ts';
import { mayMoveTo } from '../nodes/change.ts';
import type { PatchBody } from '../nodes/schemas.ts';
import { parseInput } from '../parse-input.ts';
import { freeNode, refuseWhileNodeHeld } from '../resource/of-node.ts';
import type { RequestContext } from '../route.ts';
import { PORT_FIELD_SINCE } from './fields.ts';
import { refuseForbiddenChange } from './patch-rules.ts';
import { joinPortgroup } from './portgroup.ts';
import { PortDocument, type NewPortBody } from './schemas.ts';
import type { z } from 'zod';

function settingsOf(document: PortDocument): PortSettings {
  return {
    nodeUuid: document.node_uuid,
    address: document.address,
    name: document.name,
    pxeEnabled: document.pxe_enabled,
    localLinkConnection: (document.local_link_connection ?? {}) as LocalLinkConnection,
    physicalNetwork: document.physical_network,
    isSmartnic: document.is_smartnic,
    portgroupUuid: document.portgroup_uuid,
    description: document.description,
    vendor: document.vendor,
    category: document.category,
    availableForDynamicPortgroup: document.available_for_dynamic_portgroup,
    extra: document.extra ?? {},
  };
}

function documentOf(port: Port): PortDocument {
  return {
    address: port.address,
    node_uuid: port.nodeUuid,
    name: port.name,
    pxe_enabled: port.pxeEnabled,
    local_link_connection: port.localLinkConnection,
    physical_network: port.physicalNetwork,
    is_smartnic: port.isSmartnic,
    portgroup_uuid: port.portgroupUuid,
    description: port.description,
    vendor: port.vendor,
    category: port.category,
    available_for_dynamic_portgroup: port.availableForDynamicPortgroup,
    extra: port.extra,
  };
}

const NODE_IDENT_SINCE = 94;

/** Adds a port. @throws BareMetalError `InvalidParameterValue`, `NotAcceptable`, `MACAlreadyExists`, `DuplicateName` */
export async function createPort(
  db: Database,
  body: z.infer<typeof NewPortBody>,
  sent: readonly string[],
  context: RequestContext,
): Promise<Port> {
  const { uuid, node_ident, ...document } = body;
  requireKnown(context.version, sent, { ...PORT_FIELD_SINCE, node_ident: NODE_IDENT_SINCE });
  requireKnownLink(document.local_link_connection, context);
  const nodeIdent = document.node_uuid ?? node_ident;
  if (nodeIdent === undefined) {
    throw new BareMetalError('InvalidParameterValue', "Schema error for port: 'node_uuid' is a required property");
  }
  if (document.node_uuid !== undefined && node_ident !== undefined) {
    throw new BareMetalError(
      'InvalidParameterValue',
      'Schema error for port: node_uuid and node_ident exclude each other',
    );
  }
  requireSmartNicLink(document);
  const settings = settingsOf({ ...document, node_uuid: await uuidOfNode(db, nodeIdent) });
  // A portgroup must not keep the network of a port that was refused.
  return await inTransaction(db, async (client) => {
    await joinPortgroup(client, settings, { version: context.version, touched: new Set(sent), before: undefined });
    return await insertPort(client, { ...settings, uuid: uuid ?? randomUUID() });
  });
}

const NETWORK_TYPE_SINCE = 64;

/** @throws BareMetalError `NotAcceptable` */
function requireKnownLink(link: PortDocument['local_link_connection'], { version }: RequestContext): void {
  if (link?.network_type !== undefined) requireVersion(version, NETWORK_TYPE_SINCE);
  if (link?.['vtep-logical-switch'] === undefined) return;
  // Links by OVN came with 1.90 and went with 1.105.
  if (version < 90 || version >= 105) throw new BareMetalError('NotAcceptable', 'Request not acceptable.');
}

/** A smart NIC is reached by the host that it sits in. @throws BareMetalError `InvalidParameterValue` */
function requireSmartNicLink({ is_smartnic, local_link_connection }: Omit<PortDocument, 'node_uuid'>): void {
  const { port_id, hostname } = local_link_connection ?? {};
  if (!is_smartnic || (port_id !== undefined && hostname !== undefined)) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    'Smart NIC port must have port_id and hostname in local_link_connection',
  );
}

/** A body that names no node is a bad body: 400, not 404. */
async function uuidOfNode(db: Queryable, uuidOrName: string): Promise<string> {
  const node = await getNode(db, uuidOrName);
  if (node !== undefined) return node.uuid;
  throw new BareMetalError('InvalidParameterValue', `Node ${uuidOrName} could not be found.`);
}

/** The port of this uuid or name. @throws BareMetalError `PortNotFound` */
export async function findPort(db: Queryable, uuidOrName: string): Promise<Port> {
  return found(await getPort(db, uuidOrName), uuidOrName);
}

function found(port: Port | undefined, uuidOrName: string): Port {
  if (port === undefined) throw new BareMetalError('PortNotFound', `Port ${uuidOrName} could not be found.`);
  return port;
}

async function uuidOfNewNode(db: Queryable, port: Port, uuid: string, context: RequestContext): Promise<string> {
  const node = await getNode(db, uuid);
  if (node !== undefined && (await mayMoveTo(db, node, port.nodeUuid, context))) return node.uuid;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Unable to apply the requested node_uuid '${uuid}'. Requested value was invalid.`,
  );
}

/** As findPort, for a port that is named beside the one of the path: another's is not there. */
export async function findVisiblePort(db: Queryable, uuidOrName: string, context: RequestContext): Promise<Port> {
  const port = await findPort(db, uuidOrName);
  const node = await getNode(db, port.nodeUuid);
  if (node !== undefined && context.grant.may('baremetal:node:get', ownersOf(node))) return port;
  return found(undefined, uuidOrName);
}

const PATCHABLE: readonly string[] = Object.keys(PortDocument.shape);

/** Changes a port by a JSON patch, under a row lock. @throws BareMetalError as createPort, `PortNotFound`, `NodeLocked` */
export async function patchPort(
  db: Database,
  uuidOrName: string,
  patch: PatchBody,
  context: RequestContext,
): Promise<Port> {
  const touched = new Set(patch.map(({ path }) => rootOf(path)));
  requireKnown(context.version, touched, PORT_FIELD_SINCE);
  return await inTransaction(db, async (client) => {
    const port = found(await lockPort(client, uuidOrName), uuidOrName);
    const node = await freeNode(client, port.nodeUuid);
    const patched = patchDocument(documentOf(port), patch, PATCHABLE);
    const document = parseInput(PortDocument, patched, 'port') as PortDocument;
    const nodeUuid = await uuidOfNewNode(client, port, document.node_uuid, context);
    const settings = settingsOf({ ...document, node_uuid: nodeUuid });
    if (node !== undefined) refuseForbiddenChange(node, port, settings);
    await joinPortgroup(client, settings, { version: context.version, touched, before: port });
    return found(await updatePort(client, { ...settings, uuid: port.uuid }), uuidOrName);
  });
}

/** Removes a port. @throws BareMetalError `PortNotFound`, `NodeLocked` */
export async function removePort(db: Queryable, uuidOrName: string): Promise<void> {
  const port = await findPort(db, uuidOrName);
  await refuseWhileNodeHeld(db, port.nodeUuid);
  await deletePort(db, port.uuid);
}
