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
  extra: JsonObject;
  internal_info: JsonObject;
  created_at: Date;
  updated_at: Date | null;
}

const COLUMNS = `uuid, node_uuid, address, name, pxe_enabled, local_link_connection, physical_network, is_smartnic,
  extra, internal_info, created_at, updated_at`;

/** The fields of a port that a client of the API may set. */
export type PortSettings = Pick<
  Port,
  'nodeUuid' | 'address' | 'name' | 'pxeEnabled' | 'localLinkConnection' | 'physicalNetwork' | 'isSmartnic' | 'extra'
>;

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
    extra: row.extra,
    internalInfo: row.internal_info,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function settingsOf(port: PortSettings): unknown[] {
  return [
    port.nodeUuid,
    port.address,
    port.name,
    port.pxeEnabled,
    JSON.stringify(port.localLinkConnection),
    port.physicalNetwork,
    port.isSmartnic,
    JSON.stringify(port.extra),
  ];
}

/** The ports of a node in the order in which they were made. */
export async function listPortsOfNode(db: Queryable, nodeUuid: string): Promise<Port[]> {
  const { rows } = await db.query<PortRow>(`select ${COLUMNS} from ports where node_uuid = $1::uuid order by id`, [
    nodeUuid,
  ]);
  return rows.map(rowToPort);
}

/** The port of this uuid or name, or undefined. */
export async function getPort(db: Queryable, uuidOrName: string): Promise<Port | undefined> {
  const { rows } = await db.query<PortRow>(
    isUuid(uuidOrName)
      ? `select ${COLUMNS} from ports where uuid = $1::uuid`
      : `select ${COLUMNS} from ports where name = $1::text`,
    [uuidOrName],
  );
  return rows[0] && rowToPort(rows[0]);
}

/** Adds a port. @throws BareMetalError `MACAlreadyExists`, `DuplicateName` (uuid or name taken) */
export async function insertPort(db: Queryable, port: PortSettings & Pick<Port, 'uuid'>): Promise<Port> {
  const { rows } = await db
    .query<PortRow>(
      `insert into ports (uuid, node_uuid, address, name, pxe_enabled, local_link_connection, physical_network,
         is_smartnic, extra)
       values ($1::uuid, $2::uuid, $3::macaddr, $4::text, $5::boolean, $6::jsonb, $7::text, $8::boolean, $9::jsonb)
       returning ${COLUMNS}`,
      [port.uuid, ...settingsOf(port)],
    )
    .catch((error: unknown) => Promise.reject(namedConflict(error, port)));
  const [row] = rows as [PortRow];
  return rowToPort(row);
}

/** Sets what a client may set of a port; undefined when there is none. @throws BareMetalError as insertPort */
export async function updatePort(db: Queryable, port: PortSettings & Pick<Port, 'uuid'>): Promise<Port | undefined> {
  const { rows } = await db
    .query<PortRow>(
      `update ports set node_uuid = $2::uuid, address = $3::macaddr, name = $4::text, pxe_enabled = $5::boolean,
         local_link_connection = $6::jsonb, physical_network = $7::text, is_smartnic = $8::boolean,
         extra = $9::jsonb, updated_at = now()
       where uuid = $1::uuid returning ${COLUMNS}`,
      [port.uuid, ...settingsOf(port)],
    )
    .catch((error: unknown) => Promise.reject(namedConflict(error, port)));
  return rows[0] && rowToPort(rows[0]);
}

/** Removes a port; false when there was none. */
export async function deletePort(db: Queryable, uuid: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from ports where uuid = $1::uuid', [uuid]);
  return rowCount === 1;
}

const UNIQUE_VIOLATION = '23505';

function namedConflict(error: unknown, port: PortSettings & Pick<Port, 'uuid'>): unknown {
  if (!(error instanceof pg.DatabaseError) || error.code !== UNIQUE_VIOLATION) return error;
  const sentences: Record<string, BareMetalError> = {
    ports_address_key: new BareMetalError(
      'MACAlreadyExists',
      `A port with MAC address ${port.address} already exists.`,
    ),
    ports_name_key: new BareMetalError('DuplicateName', `A port with name ${port.name} already exists.`),
    ports_pkey: new BareMetalError('DuplicateName', `A port with UUID ${port.uuid} already exists.`),
  };
  return sentences[error.constraint ?? ''] ?? error;
}
