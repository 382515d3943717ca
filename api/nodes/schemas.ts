import { z } from 'zod';
import { isUuid } from '../../domain/ids.ts';
import { INTERFACE_KINDS } from '../../domain/node.ts';
import { NetworkData } from './network-data.ts';
import { commaList, fieldList, orAbsent, pageShape, queryBoolean, uuidText, wordyBoolean } from '../query-values.ts';

const MAX_TEXT = 255;
const shortText = z.string().max(MAX_TEXT);
const jsonObject = z.record(z.string(), z.unknown());
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable();

/** Words that stand behind /v1/nodes/ and so can't be names (Ironic: RESERVED_WORDS). */
const RESERVED_NAMES = new Set(['maintenance', 'management', 'states', 'vendor_passthru', 'validate', 'detail']);

/** A logical name: RFC 3986 unreserved characters, as Ironic has it since 1.10. */
export const nodeName = shortText
  .regex(/^[A-Za-z0-9\-._~]+$/, { error: (issue) => `invalid name ${JSON.stringify(issue.input)}` })
  .refine((name) => !isUuid(name) && !RESERVED_NAMES.has(name), {
    error: (issue) => `invalid name ${JSON.stringify(issue.input)}: it is a uuid or a reserved word`,
  });

const interfaceShape = Object.fromEntries(
  INTERFACE_KINDS.map((kind) => [`${kind}_interface`, orNull(shortText).default(null)]),
) as Record<`${(typeof INTERFACE_KINDS)[number]}_interface`, z.ZodDefault<z.ZodNullable<z.ZodString>>>;

/** What a client may set of a node, with the value of what it leaves out; unknown names are refused. */
export const NodeDocument = z.strictObject({
  automated_clean: orNull(wordyBoolean).default(null),
  chassis_uuid: orNull(uuidText).default(null),
  conductor_group: z
    .string()
    .max(MAX_TEXT)
    .regex(/^[a-zA-Z0-9_.-]*$/)
    .transform((group) => group.toLowerCase())
    .default(''),
  description: orNull(z.string().max(4096)).default(null),
  disable_power_off: wordyBoolean.default(false),
  driver: shortText.min(1),
  driver_info: orNull(jsonObject).default({}),
  extra: orNull(jsonObject).default({}),
  instance_info: orNull(jsonObject).default({}),
  instance_name: orNull(shortText.min(1)).default(null),
  instance_uuid: orNull(uuidText).default(null),
  lessee: orNull(shortText).default(null),
  maintenance: wordyBoolean.default(false),
  name: orNull(nodeName).default(null),
  network_data: orNull(NetworkData).default({}),
  owner: orNull(shortText).default(null),
  // A uuid or a name; stored as uuid.
  parent_node: orNull(z.string().max(36)).default(null),
  properties: orNull(jsonObject).default({}),
  protected: wordyBoolean.default(false),
  protected_reason: orNull(z.string()).default(null),
  resource_class: orNull(z.string().max(80)).default(null),
  retired: wordyBoolean.default(false),
  retired_reason: orNull(z.string()).default(null),
  shard: orNull(shortText).default(null),
  ...interfaceShape,
});

/** A node as a client may set it, in the names of the API. */
export type NodeDocument = z.infer<typeof NodeDocument>;

/** POST /v1/nodes: nothing can be protected before it is used; what is known of the machine may be said once. */
export const NewNodeBody = NodeDocument.omit({ protected: true, protected_reason: true }).extend({
  uuid: uuidText.optional(),
  boot_mode: z.enum(['uefi', 'bios']).nullable().default(null),
  secure_boot: wordyBoolean.nullable().default(null),
  console_enabled: orAbsent(wordyBoolean),
});

/** One operation of a JSON patch; Ironic takes these three (RFC 6902 §4 has six). */
export const PatchBody = z.array(
  z.strictObject({
    op: z.enum(['add', 'replace', 'remove'], {
      error: (issue) => `${JSON.stringify(issue.input)} is not one of ['add', 'replace', 'remove']`,
    }),
    path: z.string().regex(/^(\/[^/]+)+$/, {
      error: (issue) => `${JSON.stringify(issue.input)} is not a path like /properties/cpus`,
    }),
    value: z.unknown().optional(),
  }),
);

/** A JSON patch as Ironic takes it. */
export type PatchBody = z.infer<typeof PatchBody>;

const filterShape = {
  instance_uuid: uuidText.optional(),
  associated: queryBoolean.optional(),
  maintenance: queryBoolean.optional(),
  retired: queryBoolean.optional(),
  provision_state: z.string().optional(),
  driver: z.string().optional(),
  resource_class: z.string().optional(),
  fault: z.string().optional(),
  conductor_group: z.string().optional(),
  conductor: z.string().optional(),
  owner: z.string().optional(),
  lessee: z.string().optional(),
  project: z.string().optional(),
  shard: commaList.optional(),
  chassis_uuid: uuidText.optional(),
  sharded: queryBoolean.optional(),
  description_contains: z.string().optional(),
  instance_name: z.string().optional(),
  parent_node: z.string().optional(),
  include_children: queryBoolean.optional(),
};

/** The version that each filter came with; the others are as old as the API. */
export const FILTER_SINCE: Readonly<Record<string, number>> = {
  provision_state: 9,
  driver: 16,
  resource_class: 21,
  fault: 42,
  conductor_group: 46,
  conductor: 49,
  owner: 50,
  lessee: 65,
  shard: 82,
  sharded: 82,
  include_children: 83,
  parent_node: 83,
  instance_name: 104,
};

/** Query of GET /v1/nodes/detail. */
export const DetailQuery = z.strictObject({ ...pageShape, ...filterShape });

/** Query of GET /v1/nodes. */
export const ListQuery = DetailQuery.extend({ fields: fieldList.optional(), detail: queryBoolean.optional() });

/** Query of a list of nodes. */
export type ListQuery = z.infer<typeof ListQuery>;

/** Query of GET /v1/nodes/{node}. */
export const ShowQuery = z.strictObject({ fields: fieldList.optional() });
