import { z } from 'zod';
import { findStandaloneUse, hasPorts, portgroupTable, setPhysicalNetworkOfPorts } from '../../db/portgroups.ts';
import type { PortgroupFilters, PortgroupSettings } from '../../db/portgroups.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { linksWriter } from '../json-text.ts';
import { BEING_READIED } from '../nodes/patch-rules.ts';
import { commaList, jsonObject, logicalName, macAddress, uuidText, wordyBoolean } from '../query-values.ts';
import { accessByNode } from '../resource/access.ts';
import type { Resource, ResourceChange } from '../resource/definition.ts';
import { filterOfNode, nodeOfRecord, refuseWhileNodeHeld } from '../resource/of-node.ts';
import { fieldsOf } from '../resource/present.ts';

/** Ironic's [DEFAULT]default_portgroup_mode: the Linux bonding mode of a portgroup whose client names none. */
const DEFAULT_MODE = 'active-backup';

const MODE_SINCE = 26;

/** /v1/portgroups. */
export const portgroups: Resource<PortgroupSettings, PortgroupFilters> = {
  path: 'portgroups',
  collection: 'portgroups',
  word: 'portgroup',
  title: 'Portgroup',
  since: 23,
  newer: 'refused',
  refusal: { message: 'The API is not supported for this version', isFault: true },
  ident: { name: 'portgroup', mayBeName: true },
  access: accessByNode('portgroup', 'portgroup'),
  hasDetailPath: true,
  fields: [
    ...fieldsOf('portgroups', [
      { name: 'address', as: 'text' },
      { name: 'extra', as: 'object', sortable: false },
      { name: 'internal_info', as: 'object', sortable: false },
      { name: 'mode', as: 'text', since: MODE_SINCE },
      { name: 'name', as: 'text' },
      { name: 'properties', as: 'object', since: MODE_SINCE, sortable: false },
      { name: 'standalone_ports_supported', as: 'bare' },
      { name: 'node_uuid', as: 'text' },
      { name: 'physical_network', as: 'text', since: 102 },
      { name: 'category', as: 'text', since: 103 },
      { name: 'dynamic_portgroup', as: 'bare', since: 111 },
    ]),
    { name: 'ports', of: (origin) => linksWriter(origin, 'portgroups', '/ports') },
  ],
  listFields: ['uuid', 'address', 'name'],
  document: z.strictObject({
    address: macAddress.nullable().default(null),
    category: z.string().max(80).nullable().default(null),
    extra: jsonObject,
    mode: z.string().nullable().default(null),
    name: logicalName.nullable().default(null),
    node_uuid: uuidText,
    physical_network: z.string().max(64).nullable().default(null),
    properties: jsonObject,
    standalone_ports_supported: wordyBoolean
      .nullable()
      .default(true)
      .transform((value) => value ?? true),
  }),
  patchable: [
    'address',
    'extra',
    'mode',
    'name',
    'node_uuid',
    'properties',
    'standalone_ports_supported',
    'physical_network',
    'category',
  ],
  bodySince: { mode: MODE_SINCE, properties: MODE_SINCE },
  query: {
    address: macAddress.optional(),
    node: z.string().optional(),
    shard: commaList.optional(),
    conductor_groups: commaList.optional(),
  },
  querySince: { shard: 106 },
  filtersOf: async (db, query, context) => {
    refuseTogether(query);
    return {
      ...(await filterOfNode(db, query, context)),
      address: query['address'] as string | undefined,
      shards: query['shard'] as string[] | undefined,
      conductorGroups: query['conductor_groups'] as string[] | undefined,
    };
  },
  table: portgroupTable,
  settle: settlePortgroup,
  refuseRemoval: (client, { node_uuid: nodeUuid }) => refuseWhileNodeHeld(client, nodeUuid),
};

function refuseTogether(query: Readonly<Record<string, unknown>>): void {
  const asked = ['node', 'address', 'shard', 'conductor_groups'].filter((name) => query[name] !== undefined);
  if (asked.length <= 1) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    'Filtering by node, address, or shard simultaneously is not supported.',
  );
}

async function settlePortgroup(
  client: Queryable,
  change: ResourceChange<PortgroupSettings>,
): Promise<PortgroupSettings> {
  const { document, before, touched } = change;
  const node = await nodeOfRecord(client, change);
  if (before === undefined) return { ...document, mode: document.mode ?? DEFAULT_MODE };
  if (document.mode === null) {
    throw new BareMetalError('InvalidParameterValue', "'mode' is a mandatory attribute and can not be removed");
  }
  if (document.node_uuid !== before.node_uuid) await refuseMove(client, before, node);
  if (before.standalone_ports_supported && !document.standalone_ports_supported)
    await refuseStandalonePorts(client, before, node);
  if (touched.has('physical_network')) {
    await setPhysicalNetworkOfPorts(client, {
      portgroupUuid: before.uuid,
      physicalNetwork: document.physical_network,
    });
  }
  return document;
}

/** Network `noop` looks at no ports (Ironic: portgroup_changed). */
async function refuseStandalonePorts(client: Queryable, { uuid }: { uuid: string }, node: Node): Promise<void> {
  const use = node.interfaces.network === 'noop' ? undefined : await findStandaloneUse(client, uuid);
  if (use === undefined) return;
  const reasons = [
    ...(use.pxeEnabled ? ["'pxe_enabled' is set to True"] : []),
    ...(use.vifId === null ? [] : [`VIF ${use.vifId} is attached to this port`]),
  ];
  throw new BareMetalError(
    'InvalidState',
    `standalone_ports_supported can not be set to False, because the port group ${uuid} contains port with ${reasons.join(', ')}`,
  );
}

async function refuseMove(client: Queryable, { uuid }: { uuid: string }, node: Node): Promise<void> {
  if (!BEING_READIED.includes(node.provisionState) && !node.maintenance) {
    throw new BareMetalError(
      'InvalidState',
      `Portgroup ${uuid} can not be associated to node ${node.uuid} unless the node is in a ` +
        `${BEING_READIED.join(', ')} state or in maintenance mode. Current state is '${node.provisionState}'.`,
    );
  }
  if (!(await hasPorts(client, uuid))) return;
  throw new BareMetalError(
    'NotEmpty',
    `Portgroup ${uuid} can not be associated with node ${node.uuid} because there are ports associated with this portgroup.`,
  );
}
