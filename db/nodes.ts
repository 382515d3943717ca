import pg from 'pg';
import { BareMetalError } from '../domain/errors.ts';
import { isUuid } from '../domain/ids.ts';
import type { Node } from '../domain/node.ts';
import { NODE_COLUMNS, rowToNode, type NodeRow } from './node-row.ts';
import type { Queryable } from './pool.ts';

/** The fields of a node that a client of the API may set. */
export type NodeSettings = Pick<
  Node,
  | 'name'
  | 'driver'
  | 'driverInfo'
  | 'properties'
  | 'instanceInfo'
  | 'instanceUuid'
  | 'extra'
  | 'resourceClass'
  | 'conductorGroup'
  | 'owner'
  | 'lessee'
  | 'shard'
  | 'chassisUuid'
  | 'description'
  | 'interfaces'
  | 'automatedClean'
  | 'maintenance'
  | 'maintenanceReason'
  | 'protected'
  | 'protectedReason'
  | 'retired'
  | 'retiredReason'
>;

/** What a new node is made of. */
export type NewNode = NodeSettings & Pick<Node, 'uuid' | 'provisionState'>;

// In the order of settingsOf().
const SETTING_COLUMNS = [
  ['name', 'text'],
  ['driver', 'text'],
  ['driver_info', 'jsonb'],
  ['properties', 'jsonb'],
  ['instance_info', 'jsonb'],
  ['instance_uuid', 'uuid'],
  ['extra', 'jsonb'],
  ['resource_class', 'text'],
  ['conductor_group', 'text'],
  ['owner', 'text'],
  ['lessee', 'text'],
  ['shard', 'text'],
  ['chassis_uuid', 'uuid'],
  ['description', 'text'],
  ['interfaces', 'jsonb'],
  ['automated_clean', 'boolean'],
  ['maintenance', 'boolean'],
  ['maintenance_reason', 'text'],
  ['protected', 'boolean'],
  ['protected_reason', 'text'],
  ['retired', 'boolean'],
  ['retired_reason', 'text'],
] as const;

function settingsOf(node: NodeSettings): unknown[] {
  return [
    node.name,
    node.driver,
    JSON.stringify(node.driverInfo),
    JSON.stringify(node.properties),
    JSON.stringify(node.instanceInfo),
    node.instanceUuid,
    JSON.stringify(node.extra),
    node.resourceClass,
    node.conductorGroup,
    node.owner,
    node.lessee,
    node.shard,
    node.chassisUuid,
    node.description,
    JSON.stringify(node.interfaces),
    node.automatedClean,
    node.maintenance,
    node.maintenanceReason,
    node.protected,
    node.protectedReason,
    node.retired,
    node.retiredReason,
  ];
}

/** The node of this uuid, or undefined. */
export async function getNodeByUuid(db: Queryable, uuid: string): Promise<Node | undefined> {
  const { rows } = await db.query<NodeRow>({
    name: 'node-by-uuid',
    text: `select ${NODE_COLUMNS} from nodes where uuid = $1::uuid`,
    values: [uuid],
  });
  return rows[0] && rowToNode(rows[0]);
}

/** The node of this uuid or name, or undefined. */
export async function getNode(db: Queryable, uuidOrName: string): Promise<Node | undefined> {
  if (isUuid(uuidOrName)) return await getNodeByUuid(db, uuidOrName);
  const { rows } = await db.query<NodeRow>({
    name: 'node-by-name',
    text: `select ${NODE_COLUMNS} from nodes where name = $1::text`,
    values: [uuidOrName],
  });
  return rows[0] && rowToNode(rows[0]);
}

/** The node, locked until the transaction of `client` ends. */
export async function lockNode(client: Queryable, uuid: string): Promise<Node | undefined> {
  const { rows } = await client.query<NodeRow>(`select ${NODE_COLUMNS} from nodes where uuid = $1::uuid for update`, [
    uuid,
  ]);
  return rows[0] && rowToNode(rows[0]);
}

const INSERT = `insert into nodes (uuid, provision_state, ${SETTING_COLUMNS.map(([name]) => name).join(', ')})
  values ($1::uuid, $2::text, ${SETTING_COLUMNS.map(([, type], index) => `$${index + 3}::${type}`).join(', ')})
  returning ${NODE_COLUMNS}`;

/**
 * Adds a node.
 * @throws BareMetalError `DuplicateName` (uuid or name taken), `NodeAssociated` (instance_uuid taken)
 */
export async function insertNode(db: Queryable, node: NewNode): Promise<Node> {
  const { rows } = await db
    .query<NodeRow>({
      name: 'node-insert',
      text: INSERT,
      values: [node.uuid, node.provisionState, ...settingsOf(node)],
    })
    .catch((error: unknown) => Promise.reject(namedConflict(error, node)));
  const [row] = rows as [NodeRow];
  return rowToNode(row);
}

const UPDATE = `update nodes set updated_at = now(),
  ${SETTING_COLUMNS.map(([name, type], index) => `${name} = $${index + 2}::${type}`).join(', ')}
  where uuid = $1::uuid returning ${NODE_COLUMNS}`;

/**
 * Sets the fields that a client may set; undefined when there is no such node.
 * @throws BareMetalError `DuplicateName` (name taken), `NodeAssociated` (instance_uuid taken)
 */
export async function updateNode(db: Queryable, node: NodeSettings & Pick<Node, 'uuid'>): Promise<Node | undefined> {
  const { rows } = await db
    .query<NodeRow>(UPDATE, [node.uuid, ...settingsOf(node)])
    .catch((error: unknown) => Promise.reject(namedConflict(error, node)));
  return rows[0] && rowToNode(rows[0]);
}

/** Puts a node into maintenance or takes it out; leaving it clears reason and fault. False when there is no such node. */
export async function setMaintenance(
  db: Queryable,
  change: { nodeUuid: string; maintenance: boolean; reason: string | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update nodes set maintenance = $2::boolean, maintenance_reason = $3::text,
       fault = case when $2::boolean then fault end, updated_at = now()
     where uuid = $1::uuid`,
    [change.nodeUuid, change.maintenance, change.reason],
  );
  return rowCount === 1;
}

/** What was last selected to boot from, nulls once a one-time choice is used up; kept so that reading it needs no BMC. */
export interface BootDeviceNote {
  readonly boot_device: string | null;
  readonly persistent: boolean | null;
}

/** Notes the boot device that was set, in driver_internal_info `boot_device`. */
export async function noteBootDevice(db: Queryable, nodeUuid: string, note: BootDeviceNote): Promise<void> {
  await db.query(
    `update nodes set driver_internal_info = driver_internal_info || jsonb_build_object('boot_device', $2::jsonb)
      where uuid = $1::uuid`,
    [nodeUuid, JSON.stringify(note)],
  );
}

/**
 * Removes a node that nothing works on and that belongs to no instance; its ports, VIFs, traits and sessions
 * go with it, its history stays.
 * @returns false when the node is gone, is in another state by now, or is held by an operation
 */
export async function deleteNode(db: Queryable, node: Pick<Node, 'uuid' | 'provisionState'>): Promise<boolean> {
  const { rowCount } = await db.query(
    'delete from nodes where uuid = $1::uuid and provision_state = $2::text and reservation is null',
    [node.uuid, node.provisionState],
  );
  return rowCount === 1;
}

const CONFLICTS = new Set(['23503', '23505']);

function namedConflict(error: unknown, node: NodeSettings & Pick<Node, 'uuid'>): unknown {
  if (!(error instanceof pg.DatabaseError) || !CONFLICTS.has(error.code ?? '')) return error;
  const sentences: Record<string, BareMetalError> = {
    nodes_name_key: new BareMetalError('DuplicateName', `A node with name ${node.name} already exists.`),
    nodes_pkey: new BareMetalError('DuplicateName', `A node with UUID ${node.uuid} already exists.`),
    nodes_chassis_uuid_fkey: new BareMetalError(
      'InvalidParameterValue',
      `Chassis ${node.chassisUuid} could not be found.`,
    ),
    nodes_instance_uuid_key: new BareMetalError(
      'NodeAssociated',
      `Instance ${node.instanceUuid} is already associated with a node, it cannot be associated with this other node ${node.uuid}`,
    ),
  };
  return sentences[error.constraint ?? ''] ?? error;
}
