import { z } from 'zod';
import { nodeName } from '../nodes/schemas.ts';
import { commaList, fieldList, macAddress, pageShape, queryBoolean, uuidText, wordyBoolean } from '../query-values.ts';

const jsonObject = z.record(z.string(), z.unknown());

/** A MAC address or an OpenFlow datapath id (Ironic: is_valid_datapath_id). */
const switchId = z.string().regex(/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$|^(0x)?[0-9a-f]{16}$/i, {
  error: (issue) => `Expected a MAC address or OpenFlow datapath ID but received ${String(issue.input)}.`,
});

const linkShape = {
  switch_id: switchId.optional(),
  port_id: z.string().optional(),
  switch_info: z.string().optional(),
  hostname: z.string().optional(),
  network_type: z.enum(['managed', 'unmanaged']).optional(),
  'vtep-logical-switch': z.string().optional(),
  'vtep-physical-switch': z.string().optional(),
};

/** What a link must say for each way in which a port can be plugged in; an empty one says nothing yet. */
const COMPLETE_LINKS: readonly (readonly (keyof typeof linkShape)[])[] = [
  ['port_id', 'switch_id'],
  // Smart NICs are reached by the host that they sit in.
  ['port_id', 'hostname'],
  ['port_id', 'vtep-logical-switch', 'vtep-physical-switch'],
];

const localLink = z.strictObject(linkShape).refine(
  (link) => {
    if (Object.keys(link).length === 0 || link.network_type === 'unmanaged') return true;
    return COMPLETE_LINKS.some((names) => names.every((name) => link[name] !== undefined));
  },
  { error: `expected ${COMPLETE_LINKS.map((names) => names.join(' and ')).join(', or ')}` },
);

/** What a client may set of a port, with the value of what it leaves out. */
export const PortDocument = z.strictObject({
  address: macAddress,
  node_uuid: uuidText,
  name: nodeName.nullable().default(null),
  pxe_enabled: wordyBoolean.default(true),
  local_link_connection: localLink.nullable().default({}),
  physical_network: z.string().min(1).max(64).nullable().default(null),
  is_smartnic: wordyBoolean.default(false),
  portgroup_uuid: uuidText.nullable().default(null),
  description: z.string().max(255).nullable().default(null),
  vendor: z.string().max(32).nullable().default(null),
  category: z.string().max(80).nullable().default(null),
  available_for_dynamic_portgroup: z.boolean().default(true),
  extra: jsonObject.nullable().default({}),
});

/** A port as a client may set it, in the names of the API. */
export type PortDocument = z.infer<typeof PortDocument>;

/** POST /v1/ports; the node by `node_uuid`, or since 1.94 by `node_ident` (uuid or name). */
export const NewPortBody = PortDocument.partial({ node_uuid: true }).extend({
  uuid: uuidText.optional(),
  node_ident: z.string().optional(),
});

/** The version that each parameter of a list of ports came with. */
export const PORT_QUERY_SINCE: Readonly<Record<string, number>> = {
  fields: 8,
  portgroup: 24,
  shard: 82,
};

/** Query of GET /v1/ports/detail. */
export const PortDetailQuery = z.strictObject({
  ...pageShape,
  address: macAddress.optional(),
  node: z.string().optional(),
  node_uuid: uuidText.optional(),
  portgroup: z.string().optional(),
  conductor_groups: commaList.optional(),
  description_contains: z.string().optional(),
  shard: commaList.optional(),
});

/** Query of GET /v1/ports. */
export const PortListQuery = PortDetailQuery.extend({ fields: fieldList.optional(), detail: queryBoolean.optional() });

/** Query of a list of ports. */
export type PortListQuery = z.infer<typeof PortListQuery>;
