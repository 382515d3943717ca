import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';
import { createRecordTable, visibleByNode } from './record-table.ts';

/** What a client may set of a portgroup. */
export interface PortgroupSettings {
  readonly node_uuid: string;
  readonly address: string | null;
  readonly name: string | null;
  readonly mode: string | null;
  readonly properties: JsonObject;
  readonly standalone_ports_supported: boolean;
  readonly physical_network: string | null;
  readonly category: string | null;
  readonly extra: JsonObject;
}

/** Conditions on a list of portgroups; absent ones don't count. */
export interface PortgroupFilters {
  readonly address?: string | undefined;
  readonly nodeUuid?: string | undefined;
  readonly conductorGroups?: readonly string[] | undefined;
  readonly shards?: readonly string[] | undefined;
}

const ofNode = (condition: string): string => `t.node_uuid in (select uuid from nodes where ${condition})`;

/** Statements on `portgroups`. */
export const portgroupTable = createRecordTable<
  PortgroupSettings,
  'internal_info' | 'dynamic_portgroup',
  PortgroupFilters
>({
  table: 'portgroups',
  named: true,
  columns: {
    node_uuid: 'uuid',
    address: 'macaddr',
    name: 'text',
    mode: 'text',
    properties: 'jsonb',
    standalone_ports_supported: 'boolean',
    physical_network: 'text',
    category: 'text',
    extra: 'jsonb',
  },
  shown: { internal_info: 't.internal_info', dynamic_portgroup: 't.dynamic_portgroup' },
  conditions: {
    address: (address, parameters) => `t.address = ${parameters.add(address, 'macaddr')}`,
    nodeUuid: (uuid, parameters) => `t.node_uuid = ${parameters.add(uuid, 'uuid')}`,
    conductorGroups: (groups, parameters) => ofNode(`conductor_group = any(${parameters.add(groups, 'text[]')})`),
    shards: (shards, parameters) => ofNode(`shard = any(${parameters.add(shards, 'text[]')})`),
  },
  visible: visibleByNode,
  conflicts: {
    portgroups_pkey: ({ uuid }) => taken(`UUID ${uuid}`),
    portgroups_address_key: ({ address }) => taken(`MAC address ${address}`),
    portgroups_name_key: ({ name }) => taken(`name ${name}`),
    ports_portgroup_uuid_fkey: ({ uuid }) =>
      new BareMetalError('NotEmpty', `Cannot complete the requested action because portgroup ${uuid} contains ports.`),
  },
});

function taken(what: string): BareMetalError {
  return new BareMetalError('AlreadyExists', `A portgroup with ${what} already exists.`);
}

/** Puts the ports of a portgroup on its physical network: all of a group must be on the same. */
export async function setPhysicalNetworkOfPorts(
  db: Queryable,
  change: { portgroupUuid: string; physicalNetwork: string | null },
): Promise<void> {
  await db.query(
    `update ports set physical_network = $2::text, updated_at = now()
      where portgroup_uuid = $1::uuid and physical_network is distinct from $2::text`,
    [change.portgroupUuid, change.physicalNetwork],
  );
}

/** Whether ports belong to the portgroup. */
export async function hasPorts(db: Queryable, portgroupUuid: string): Promise<boolean> {
  const { rowCount } = await db.query('select from ports where portgroup_uuid = $1::uuid limit 1', [portgroupUuid]);
  return rowCount === 1;
}

/** What a portgroup asks of its ports. */
export interface PortgroupRules {
  readonly nodeUuid: string;
  readonly standalonePortsSupported: boolean;
  readonly physicalNetwork: string | null;
  /** Whether ports belong to it, other than the one asked about. */
  readonly hasMembers: boolean;
  /** The physical network of those ports. */
  readonly memberNetwork: string | null;
  /** The network interface of its node. */
  readonly networkInterface: string;
  /** What is attached to the port that is asked about. */
  readonly vifId: string | null;
}

/** What a portgroup asks of a port that is to belong to it, or undefined when there is no such group. */
export async function getPortgroupRules(
  db: Queryable,
  { portgroupUuid, portUuid }: { portgroupUuid: string; portUuid: string | null },
): Promise<PortgroupRules | undefined> {
  const { rows } = await db.query<PortgroupRules>(
    `select g.node_uuid as "nodeUuid", g.standalone_ports_supported as "standalonePortsSupported",
       g.physical_network as "physicalNetwork", m.address is not null as "hasMembers",
       m.physical_network as "memberNetwork", n.interfaces ->> 'network' as "networkInterface",
       (select a.vif_id from vif_attachments a where a.port_uuid = $2::uuid) as "vifId"
     from portgroups g join nodes n on n.uuid = g.node_uuid left join lateral (
       select p.address, p.physical_network from ports p
        where p.portgroup_uuid = g.uuid and p.uuid is distinct from $2::uuid order by p.id limit 1
     ) m on true where g.uuid = $1::uuid`,
    [portgroupUuid, portUuid],
  );
  return rows[0];
}

/** Puts a portgroup without a physical network on that of its first port. */
export async function adoptPhysicalNetwork(
  db: Queryable,
  change: { portgroupUuid: string; physicalNetwork: string },
): Promise<void> {
  await db.query(
    `update portgroups set physical_network = $2::text, updated_at = now()
      where uuid = $1::uuid and physical_network is null`,
    [change.portgroupUuid, change.physicalNetwork],
  );
}

/** What a port is used for by itself, and not as a part of its portgroup. */
export interface StandaloneUse {
  readonly pxeEnabled: boolean;
  readonly vifId: string | null;
}

/** The first port of a portgroup that is used by itself, if any. */
export async function findStandaloneUse(db: Queryable, portgroupUuid: string): Promise<StandaloneUse | undefined> {
  const { rows } = await db.query<StandaloneUse>(
    `select p.pxe_enabled as "pxeEnabled", a.vif_id as "vifId" from ports p
       left join vif_attachments a on a.port_uuid = p.uuid
      where p.portgroup_uuid = $1::uuid and (p.pxe_enabled or a.vif_id is not null) order by p.id limit 1`,
    [portgroupUuid],
  );
  return rows[0];
}
