import pg from 'pg';
import { BareMetalError } from '../domain/errors.ts';
import { isUuid } from '../domain/ids.ts';
import type { JsonObject, Node } from '../domain/node.ts';
import { NODE_COLUMNS, rowToNode, type NodeRow } from './node-row.ts';
import type { Queryable } from './pool.ts';

/** The columns that a client of the API may set: name, SQL type, and what the code calls it. */
const SETTINGS = [
  ['name', 'text', 'name'],
  ['driver', 'text', 'driver'],
  ['driver_info', 'jsonb', 'driverInfo'],
  ['properties', 'jsonb', 'properties'],
  ['instance_info', 'jsonb', 'instanceInfo'],
  ['instance_uuid', 'uuid', 'instanceUuid'],
  ['instance_name', 'text', 'instanceName'],
  ['extra', 'jsonb', 'extra'],
  ['resource_class', 'text', 'resourceClass'],
  ['conductor_group', 'text', 'conductorGroup'],
  ['owner', 'text', 'owner'],
  ['lessee', 'text', 'lessee'],
  ['shard', 'text', 'shard'],
  ['chassis_uuid', 'uuid', 'chassisUuid'],
  ['description', 'text', 'description'],
  ['network_data', 'jsonb', 'networkData'],
  ['parent_node', 'uuid', 'parentNode'],
  ['interfaces', 'jsonb', 'interfaces'],
  ['automated_clean', 'boolean', 'automatedClean'],
  ['disable_power_off', 'boolean', 'disablePowerOff'],
  ['maintenance', 'boolean', 'maintenance'],
  ['maintenance_reason', 'text', 'maintenanceReason'],
  ['protected', 'boolean', 'protected'],
  ['protected_reason', 'text', 'protectedReason'],
  ['retired', 'boolean', 'retired'],
  ['retired_reason', 'text', 'retiredReason'],
] as const satisfies readonly (readonly [string, string, keyof Node])[];

/** The fields of a node that a client of the API may set. */
export type NodeSettings = Pick<Node, (typeof SETTINGS)[number][2]>;

/** What a client may say of a machine when it enrols it, and what operations find out or change later. */
export type Enrolled = Pick<Node, 'bootMode' | 'secureBoot' | 'consoleEnabled'>;

/** What a new node is made of. */
export type NewNode = NodeSettings & Pick<Node, 'uuid' | 'provisionState'> & Partial<Enrolled>;

function valuesOf(node: NodeSettings): unknown[] {
  return SETTINGS.map(([, type, key]) => (type === 'jsonb' ? JSON.stringify(node[key]) : node[key]));
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

const INSERT = `insert into nodes as n
    (uuid, provision_state, boot_mode, secure_boot, console_enabled, ${SETTINGS.map(([name]) => name).join(', ')})
  values ($1::uuid, $2::text, $3::text, $4::boolean, $5::boolean,
    ${SETTINGS.map(([, type], index) => `$${index + 6}::${type}`).join(', ')})`;

/**
 * Adds a node.
 * @throws BareMetalError `DuplicateName` (uuid or name taken), `NodeAssociated` (instance_uuid taken)
 */
export async function insertNode(db: Queryable, node: NewNode): Promise<Node> {
  const insert = async ({ text, values }: Insertion) =>
    await db.query<NodeRow>(`${text} returning ${NODE_COLUMNS}`, values);
  const { rows } = await insertBy(node, insert);
  const [row] = rows as [NodeRow];
  return rowToNode(row);
}

/** A statement that adds a node, without its `returning`; the node is `n`. */
export interface Insertion {
  readonly text: string;
  readonly values: unknown[];
}

/** Adds a node by a statement that the caller completes. @throws BareMetalError as insertNode */
export async function insertBy<T>(node: NewNode, run: (insertion: Insertion) => Promise<T>): Promise<T> {
  const { uuid, provisionState, bootMode = null, secureBoot = null, consoleEnabled = false } = node;
  const values = [uuid, provisionState, bootMode, secureBoot, consoleEnabled, ...valuesOf(node)];
  return await run({ text: INSERT, values }).catch((error: unknown) => Promise.reject(namedConflict(error, node)));
}

const UPDATE = `update nodes set updated_at = now(),
  ${SETTINGS.map(([name, type], index) => `${name} = $${index + 2}::${type}`).join(', ')}
  where uuid = $1::uuid returning ${NODE_COLUMNS}`;

/**
 * Sets the fields that a client may set; undefined when there is no such node.
 * @throws BareMetalError `DuplicateName` (name taken), `NodeAssociated` (instance_uuid taken)
 */
export async function updateNode(db: Queryable, node: NodeSettings & Pick<Node, 'uuid'>): Promise<Node | undefined> {
  const { rows } = await db
    .query<NodeRow>(UPDATE, [node.uuid, ...valuesOf(node)])
    .catch((error: unknown) => Promise.reject(namedConflict(error, node)));
  return rows[0] && rowToNode(rows[0]);
}

/** Puts a node into maintenance or takes it out, for whatever fault it was there before. False when there is no such node. */
export async function setMaintenance(
  db: Queryable,
  change: { nodeUuid: string; maintenance: boolean; reason: string | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update nodes set maintenance = $2::boolean, maintenance_reason = $3::text,
       fault = null, updated_at = now()
     where uuid = $1::uuid`,
    [change.nodeUuid, change.maintenance, change.reason],
  );
  return rowCount === 1;
}

/** Notes the RAID configuration that the next RAID step of a cleaning is to bring about. */
export async function setTargetRaidConfig(db: Queryable, nodeUuid: string, config: JsonObject): Promise<void> {
  await db.query('update nodes set target_raid_config = $2::jsonb, updated_at = now() where uuid = $1::uuid', [
    nodeUuid,
    JSON.stringify(config),
  ]);
}

/** Writes which logical disks a node has now; the same once more keeps its time. */
export async function setRaidConfig(db: Queryable, nodeUuid: string, config: JsonObject): Promise<void> {
  await db.query(
    `update nodes set raid_config = $2::jsonb, updated_at = now()
      where uuid = $1::uuid and raid_config is distinct from $2::jsonb`,
    [nodeUuid, JSON.stringify(config)],
  );
}

/** The uuids of the nodes whose parent this node is, oldest first. */
export async function listChildren(db: Queryable, nodeUuid: string, visibleTo: string | null): Promise<string[]> {
  const { rows } = await db.query<{ uuid: string }>(
    `select uuid from nodes
      where parent_node = $1::uuid and ($2::text is null or $2::text in (owner, lessee)) order by id`,
    [nodeUuid, visibleTo],
  );
  return rows.map(({ uuid }) => uuid);
}

/** The nodes whose parent this node is, oldest first. */
export async function listChildNodes(db: Queryable, nodeUuid: string): Promise<Node[]> {
  const { rows } = await db.query<NodeRow>(
    `select ${NODE_COLUMNS} from nodes where parent_node = $1::uuid order by id`,
    [nodeUuid],
  );
  return rows.map(rowToNode);
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
 * Removes a node; its ports, VIFs, traits and sessions go with it, its history stays.
 * @returns false when an operation has the node, be it on hold
 */
export async function deleteNode(client: Queryable, uuid: string): Promise<boolean> {
  const { rowCount } = await client.query('delete from nodes where uuid = $1::uuid and operation is null', [uuid]);
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
