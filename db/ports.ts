import pg from 'pg';
import { BareMetalError } from '../domain/errors.ts';
import { isUuid } from '../domain/ids.ts';
import type { JsonObject, LocalLinkConnection, Port } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

interface PortRow {
  uuid: string;
  node_uuid: string;
  address: string;
  name: string | null;
  pxe_enabled: boolean;
  local_link_connection: LocalLinkConnection;
  physical_network: string | null;
  is_smartnic: boolean;
  portgroup_uuid: string | null;
  description: string | null;
  vendor: string | null;
  category: string | null;
  available_for_dynamic_portgroup: boolean;
  extra: JsonObject;
  internal_info: JsonObject;
  created_at: Date;
  updated_at: Date | null;
}

/** The columns that a client of the API may set: name, SQL type, and what the code calls it. */
const SETTINGS = [
  ['node_uuid', 'uuid', 'nodeUuid'],
  ['address', 'macaddr', 'address'],
  ['name', 'text', 'name'],
  ['description', 'text', 'description'],
  ['vendor', 'text', 'vendor'],
  ['category', 'text', 'category'],
  ['pxe_enabled', 'boolean', 'pxeEnabled'],
  ['local_link_connection', 'jsonb', 'localLinkConnection'],
  ['physical_network', 'text', 'physicalNetwork'],
  ['is_smartnic', 'boolean', 'isSmartnic'],
  ['portgroup_uuid', 'uuid', 'portgroupUuid'],
  ['available_for_dynamic_portgroup', 'boolean', 'availableForDynamicPortgroup'],
  ['extra', 'jsonb', 'extra'],
] as const satisfies readonly (readonly [string, string, keyof Port])[];

const COLUMNS = `uuid, ${SETTINGS.map(([name]) => name).join(', ')}, internal_info, created_at, updated_at`;

/** The fields of a port that a client of the API may set. */
export type PortSettings = Pick<Port, (typeof SETTINGS)[number][2]>;

function rowToPort(row: PortRow): Port {
  return {
    uuid: row.uuid,
    nodeUuid: row.node_uuid,
    address: row.address,
    name: row.name,
    pxeEnabled: row.pxe_enabled,
    localLinkConnection: row.local_link_connection,
    physicalNetwork: row.physical_network,
    isSmartnic: row.is_smartnic,
    portgroupUuid: row.portgroup_uuid,
    description: row.description,
    vendor: row.vendor,
    category: row.category,
    availableForDynamicPortgroup: row.available_for_dynamic_portgroup,
    extra: row.extra,
    internalInfo: row.internal_info,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function valuesOf(port: PortSettings): unknown[] {
  return SETTINGS.map(([, type, key]) => (type === 'jsonb' ? JSON.stringify(port[key]) : port[key]));
}

/** The ports of a node in the order in which they were made. */
export async function listPortsOfNode(db: Queryable, nodeUuid: string): Promise<Port[]> {
  const { rows } = await db.query<PortRow>(`select ${COLUMNS} from ports where node_uuid = $1::uuid order by id`, [
    nodeUuid,
  ]);
  return rows.map(rowToPort);
}

/** SQL that finds the port `p` by what `$1` is: a uuid or a name. */
export function portCondition(ident: string): string {
  return isUuid(ident) ? 'p.uuid = $1::uuid' : 'p.name = $1::text';
}

/** The port of this uuid or name, or undefined. */
export async function getPort(db: Queryable, ident: string): Promise<Port | undefined> {
  const { rows } = await db.query<PortRow>(`select ${COLUMNS} from ports p where ${portCondition(ident)}`, [ident]);
  return rows[0] && rowToPort(rows[0]);
}

/** As getPort; nobody else changes the port until the transaction ends. */
export async function lockPort(client: Queryable, ident: string): Promise<Port | undefined> {
  const sql = `select ${COLUMNS} from ports p where ${portCondition(ident)} for update`;
  const { rows } = await client.query<PortRow>(sql, [ident]);
  return rows[0] && rowToPort(rows[0]);
}

const INSERT = `insert into ports (uuid, ${SETTINGS.map(([name]) => name).join(', ')})
  values ($1::uuid, ${SETTINGS.map(([, type], index) => `$${index + 2}::${type}`).join(', ')}) returning ${COLUMNS}`;

/** Adds a port. @throws BareMetalError `MACAlreadyExists`, `DuplicateName` (uuid or name taken), `InvalidParameterValue` */
export async function insertPort(db: Queryable, port: PortSettings & Pick<Port, 'uuid'>): Promise<Port> {
  const { rows } = await db
    .query<PortRow>(INSERT, [port.uuid, ...valuesOf(port)])
    .catch((error: unknown) => Promise.reject(namedConflict(error, port)));
  const [row] = rows as [PortRow];
  return rowToPort(row);
}

const UPDATE = `update ports set updated_at = now(),
  ${SETTINGS.map(([name, type], index) => `${name} = $${index + 2}::${type}`).join(', ')}
  where uuid = $1::uuid returning ${COLUMNS}`;

/** Sets what a client may set of a port; undefined when there is none. @throws BareMetalError as insertPort */
export async function updatePort(db: Queryable, port: PortSettings & Pick<Port, 'uuid'>): Promise<Port | undefined> {
  const { rows } = await db
    .query<PortRow>(UPDATE, [port.uuid, ...valuesOf(port)])
    .catch((error: unknown) => Promise.reject(namedConflict(error, port)));
  return rows[0] && rowToPort(rows[0]);
}

/** Removes a port; false when there was none. */
export async function deletePort(db: Queryable, uuid: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from ports where uuid = $1::uuid', [uuid]);
  return rowCount === 1;
}

// Foreign key and unique violations.
const CONFLICTS = new Set(['23503', '23505']);

function namedConflict(error: unknown, port: PortSettings & Pick<Port, 'uuid'>): unknown {
  if (!(error instanceof pg.DatabaseError) || !CONFLICTS.has(error.code ?? '')) return error;
  const sentences: Record<string, BareMetalError> = {
    ports_address_key: new BareMetalError(
      'MACAlreadyExists',
      `A port with MAC address ${port.address} already exists.`,
    ),
    ports_name_key: new BareMetalError('DuplicateName', `A port with name ${port.name} already exists.`),
    ports_pkey: new BareMetalError('DuplicateName', `A port with UUID ${port.uuid} already exists.`),
    // Whoever looked before saw them: they were deleted in between.
    ports_node_uuid_fkey: gone(`Node ${port.nodeUuid}`),
    ports_portgroup_uuid_fkey: gone(`Portgroup ${port.portgroupUuid}`),
  };
  return sentences[error.constraint ?? ''] ?? error;
}

function gone(what: string): BareMetalError {
  return new BareMetalError('InvalidParameterValue', `${what} could not be found.`);
}
