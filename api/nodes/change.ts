import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { z } from 'zod';
import { insertNodeTexts, type NodeText } from '../../db/node-list.ts';
import { deleteNode, getNode, getNodeByUuid, lockNode, updateNode } from '../../db/nodes.ts';
import { inTransaction, type Database, type Queryable } from '../../db/pool.ts';
import type { TextRow } from '../../db/texts.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { INTERFACE_KINDS, type Node } from '../../domain/node.ts';
import { DELETABLE_STATES, FAILED_STATES, isWaiting, type ProvisionState } from '../../domain/provision-states.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { patchDocument, rootOf } from '../json-patch.ts';
import { requireKnown, requireVersion } from '../microversion.ts';
import { parseInput } from '../parse-input.ts';
import { ownerOfNew } from '../policy/owner.ts';
import type { RequestContext } from '../route.ts';
import { restoreMasked } from '../secrets.ts';
import { ownersOf } from './access.ts';
import { FIELD_SINCE } from './fields.ts';
import { refuseEndOfAllocation, refuseForbiddenChange } from './patch-rules.ts';
import { NodeDocument, type NewNodeBody, type PatchBody } from './schemas.ts';
import { documentOf, settingsOf } from './settings.ts';

/** The node of this uuid or name. @throws BareMetalError `NodeNotFound` */
export async function findNode(db: Queryable, uuidOrName: string): Promise<Node> {
  const node = await getNode(db, uuidOrName);
  if (node === undefined) throw new BareMetalError('NodeNotFound', `Node ${uuidOrName} could not be found.`);
  return node;
}

/** As findNode, for a node that is named beside the one of the path: another's is not there. */
export async function findVisibleNode(db: Queryable, uuidOrName: string, { grant }: RequestContext): Promise<Node> {
  const node = await findNode(db, uuidOrName);
  if (grant.may('baremetal:node:get', ownersOf(node))) return node;
  throw new BareMetalError('NodeNotFound', `Node ${uuidOrName} could not be found.`);
}

/**
 * Whether what belongs to one node may be moved to another: to one that the caller sees and that has the same owner.
 * Who is refused mustn't learn which of it fails, so that both get the answer to a node that isn't there.
 * @param from uuid of the node that it belongs to; undefined for something new
 */
export async function mayMoveTo(
  db: Queryable,
  to: Node,
  from: string | undefined,
  { grant }: RequestContext,
): Promise<boolean> {
  if (from === undefined || from === to.uuid) return true;
  return (await getNodeByUuid(db, from))?.owner === to.owner && grant.may('baremetal:node:get', ownersOf(to));
}

/**
 * Adds a node and gives it as the asked texts. It begins in `enroll` at every version: before 1.11 Ironic made it `available` at once, which
 * would skip the proof of cleaning.
 * @throws BareMetalError `InvalidParameterValue`, `NotAcceptable`, `DuplicateName`, `NodeAssociated`, `NoFreeWorker`
 */
export async function createNode(
  db: Queryable,
  body: z.infer<typeof NewNodeBody>,
  { sent, context, texts }: { sent: readonly string[]; context: RequestContext; texts: readonly NodeText[] },
): Promise<TextRow> {
  // A field that is sent without a value needs no version.
  const set = sent.filter((name) => (body[name as keyof typeof body] ?? '') !== '');
  requireKnown(context.version, set, FIELD_SINCE);
  requireEarlyName(body.name, context);
  const { uuid, boot_mode: bootMode, secure_boot: secureBoot, console_enabled: consoleEnabled, ...rest } = body;
  const document = { ...rest, protected: false, protected_reason: null };
  const facts = await hardwareTypeOfSite(db, document.driver, document.conductor_group);
  const owner = ownerOfNode(document.owner, context);
  const parentNode = await parentOf(db, { ...document, owner });
  const settings = { ...settingsOf(document, facts), owner, parentNode };
  const enrolled = { bootMode, secureBoot, consoleEnabled: consoleEnabled ?? false };
  const node = { ...settings, ...enrolled, uuid: uuid ?? randomUUID(), provisionState: 'enroll' } as const;
  return await insertNodeTexts(db, node, texts);
}

const CHASSIS_REMOVAL_SINCE = 25;
const ANY_NAME_SINCE = 10;
// RFC 1123 §2.1, with the underscores and the last dot that Ironic lets pass.
const HOST_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9_-]{0,62}[a-z0-9])*\.?$/;

/** Old clients know names of hosts only. @throws BareMetalError `InvalidParameterValue` */
function requireEarlyName(name: unknown, { version }: RequestContext): void {
  if (version >= ANY_NAME_SINCE || typeof name !== 'string' || HOST_NAME.test(name)) return;
  throw new BareMetalError('InvalidParameterValue', `'${name}' is no host name, which versions before 1.10 need.`);
}

/**
 * The uuid of the node that a document names as its parent: one that the same owner has.
 * @throws BareMetalError `InvalidParameterValue`
 */
async function parentOf(db: Queryable, { parent_node, owner }: NodeDocument): Promise<string | null> {
  if (parent_node === null) return null;
  const parent = await getNode(db, parent_node);
  if (parent !== undefined && parent.owner === owner) return parent.uuid;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Unable to apply the requested parent_node '${parent_node}'. Requested value was invalid.`,
  );
}

/** Whoever enrols nodes for a project only owns them by it. @throws BareMetalError `InvalidParameterValue` */
function ownerOfNode(asked: string | null, { caller, grant }: RequestContext): string | null {
  return grant.may('baremetal:node:create:self_owned_node') ? ownerOfNew(asked, caller, 'node') : asked;
}

const PATCHABLE: readonly string[] = Object.keys(NodeDocument.shape);

/**
 * Changes a node by a JSON patch, under a row lock.
 * @throws BareMetalError `NodeLocked` while an operation acts on the node, and as createNode
 */
export async function patchNode(
  pool: pg.Pool,
  uuidOrName: string,
  change: { patch: PatchBody; resetInterfaces: boolean },
  context: RequestContext,
): Promise<Node> {
  requireKnown(
    context.version,
    change.patch
      .filter(({ op, path }) => op !== 'remove' && path.lastIndexOf('/') === 0)
      .map(({ path }) => rootOf(path)),
    FIELD_SINCE,
  );
  for (const { path, value } of change.patch) if (path === '/name') requireEarlyName(value, context);
  const { uuid } = await findNode(pool, uuidOrName);
  return await inTransaction(pool, async (client) => {
    const node = await lockNode(client, uuid);
    if (node === undefined) throw new BareMetalError('NodeNotFound', `Node ${uuidOrName} could not be found.`);
    refuseInTransition(node, uuidOrName, change.patch);
    refuseWhileHeld(node);
    refuseOwnerOfActive(node, change.patch, context);
    const settings = await changedSettings(client, node, change);
    if (node.chassisUuid !== null && settings.chassisUuid === null) {
      requireVersion(context.version, CHASSIS_REMOVAL_SINCE);
    }
    const changed = await updateNode(client, { ...settings, uuid });
    if (changed === undefined) throw new BareMetalError('NodeNotFound', `Node ${uuidOrName} could not be found.`);
    return changed;
  });
}

/** On the way to a target, and may be changed all the same (ironic/common/states.py, UPDATE_ALLOWED_STATES). */
const CHANGEABLE_ON_THE_WAY: readonly ProvisionState[] = [
  ...FAILED_STATES,
  'error',
  'inspecting',
  'inspect wait',
  'service hold',
  'verifying',
];

/** What an operation works by must stay as it was checked. */
function refuseInTransition(node: Node, ident: string, patch: PatchBody): void {
  if (node.targetProvisionState === null || CHANGEABLE_ON_THE_WAY.includes(node.provisionState)) return;
  const [first, ...others] = patch;
  const onlyLetsGo = others.length === 0 && first?.op === 'remove' && first.path === '/instance_uuid';
  if (node.maintenance && onlyLetsGo) return;
  throw new BareMetalError('InvalidState', `Node ${ident} can not be updated while a state transition is in progress.`);
}

/** Ironic's answer while a worker acts on a node; while it only waits for the agent, the node may be changed. */
export function refuseWhileHeld(node: Node): void {
  if (node.provisionState === 'inspecting') {
    throw new BareMetalError('InvalidState', `Cannot update node "${node.uuid}" while it is in state "inspecting".`);
  }
  if (node.reservation === null || isWaiting(node.provisionState)) return;
  throw lockedBy(node.uuid, node.reservation);
}

/** Ironic's answer about a node that somebody else works on. */
export function lockedBy(nodeUuid: string, host: string): BareMetalError {
  return new BareMetalError(
    'NodeLocked',
    `Node ${nodeUuid} is locked by host ${host}, please retry after the current operation is completed.`,
  );
}

/** A node in use changes hands only by who may do that. */
function refuseOwnerOfActive(node: Node, patch: PatchBody, { grant }: RequestContext): void {
  if (node.provisionState !== 'active' || !patch.some(({ path }) => rootOf(path) === 'owner')) return;
  if (grant.may('baremetal:node:update_owner_provisioned', ownersOf(node))) return;
  throw new BareMetalError('InvalidState', `Cannot update owner of node "${node.uuid}" while it is in state "active".`);
}

async function changedSettings(
  db: Queryable,
  node: Node,
  { patch, resetInterfaces }: { patch: PatchBody; resetInterfaces: boolean },
) {
  const patched = patchDocument(documentOf(node), patch, PATCHABLE);
  const document = parseInput(NodeDocument, patched, 'node') as NodeDocument;
  const touched = new Set(patch.map(({ path }) => rootOf(path)));
  if (resetInterfaces) resetUnnamed(document, touched);
  const facts = await hardwareTypeOfSite(db, document.driver, document.conductor_group);
  const parentNode = touched.has('parent_node') ? await parentOf(db, document) : node.parentNode;
  const settings = { ...settingsOf(document, facts), parentNode };
  await refuseEndOfAllocation(db, node, settings);
  refuseForbiddenChange(node, settings);
  return {
    ...settings,
    driverInfo: restoreMasked(settings.driverInfo, node.driverInfo),
    instanceInfo: restoreMasked(settings.instanceInfo, node.instanceInfo),
    maintenanceReason: settings.maintenance ? node.maintenanceReason : null,
    protectedReason: settings.protected ? settings.protectedReason : null,
    retiredReason: settings.retired ? settings.retiredReason : null,
  };
}

function resetUnnamed(document: NodeDocument, touched: ReadonlySet<string>): void {
  if (!touched.has('driver')) {
    throw new BareMetalError(
      'InvalidParameterValue',
      "The reset_interfaces parameter can only be used when changing the node's driver.",
    );
  }
  for (const kind of INTERFACE_KINDS) {
    if (!touched.has(`${kind}_interface`)) document[`${kind}_interface`] = null;
  }
}

/**
 * Removes a node where Ironic allows it, under a row lock: an allocation that takes the node meanwhile keeps it.
 * @throws BareMetalError `NodeNotFound`, `NodeAssociated`, `NodeProtected`, `InvalidState`, `NodeLocked`
 */
export async function removeNode(db: Database, uuidOrName: string): Promise<void> {
  const { uuid } = await findNode(db, uuidOrName);
  await inTransaction(db, async (client) => {
    const node = await lockNode(client, uuid);
    if (node === undefined) throw new BareMetalError('NodeNotFound', `Node ${uuidOrName} could not be found.`);
    refuseUnremovable(node);
    if (!(await deleteNode(client, uuid))) throw lockedBy(uuid, 'of the operation on hold');
  });
}

function refuseUnremovable(node: Node): void {
  if (node.instanceUuid !== null && !node.maintenance) {
    throw new BareMetalError('NodeAssociated', `Node ${node.uuid} is associated with instance ${node.instanceUuid}.`);
  }
  if (node.protected) {
    throw new BareMetalError(
      'NodeProtected',
      `Node ${node.uuid} is protected and can not be undeployed, rebuilt or deleted.`,
    );
  }
  if (!DELETABLE_STATES.includes(node.provisionState) && !node.maintenance) {
    throw new BareMetalError(
      'InvalidState',
      `Can not delete node "${node.uuid}" while it is in provision state "${node.provisionState}". ` +
        `Valid provision states to perform deletion are: "${DELETABLE_STATES.join(', ')}"`,
    );
  }
  if (node.reservation !== null) throw lockedBy(node.uuid, node.reservation);
}
