import type { NodeText } from '../../db/node-list.ts';
import { linksWriter, type Encoding, type Member } from '../json-text.ts';

/** One field of a node as the API shows it. */
export interface NodeField {
  readonly name: string;
  /** First minor version that shows it. */
  readonly since: number;
  /** The column's encoding; a field without one is made from the uuid. */
  readonly as?: Encoding;
  /** Links to a collection below the node. */
  readonly linksTo?: string;
  readonly sortable?: false;
}

const interfaceField = (kind: string, since: number): NodeField => ({ name: `${kind}_interface`, since, as: 'text' });

/** All fields in Ironic's order, with the version that each came with (ironic/api/controllers/v1/utils.py). */
export const NODE_FIELDS: readonly NodeField[] = [
  { name: 'uuid', since: 1, as: 'text' },
  { name: 'created_at', since: 1, as: 'time' },
  { name: 'updated_at', since: 1, as: 'time' },
  { name: 'automated_clean', since: 47, as: 'bare' },
  interfaceField('bios', 40),
  interfaceField('boot', 31),
  { name: 'boot_mode', since: 75, as: 'text' },
  { name: 'clean_step', since: 7, as: 'object', sortable: false },
  { name: 'conductor_group', since: 46, as: 'text' },
  { name: 'console_enabled', since: 1, as: 'bare' },
  interfaceField('console', 31),
  { name: 'disable_power_off', since: 95, as: 'bare' },
  interfaceField('deploy', 31),
  { name: 'deploy_step', since: 44, as: 'object', sortable: false },
  { name: 'description', since: 51, as: 'text' },
  { name: 'driver', since: 1, as: 'text' },
  { name: 'driver_info', since: 1, as: 'masked', sortable: false },
  { name: 'driver_internal_info', since: 3, as: 'masked', sortable: false },
  { name: 'extra', since: 1, as: 'object', sortable: false },
  { name: 'fault', since: 42, as: 'text' },
  interfaceField('firmware', 86),
  { name: 'health', since: 109, as: 'text' },
  { name: 'inspection_finished_at', since: 6, as: 'time' },
  { name: 'inspection_started_at', since: 6, as: 'time' },
  interfaceField('inspect', 31),
  { name: 'instance_info', since: 1, as: 'masked', sortable: false },
  { name: 'instance_name', since: 104, as: 'text' },
  { name: 'instance_uuid', since: 1, as: 'text' },
  { name: 'last_error', since: 1, as: 'text' },
  { name: 'lessee', since: 65, as: 'text' },
  { name: 'maintenance', since: 1, as: 'bare' },
  { name: 'maintenance_reason', since: 1, as: 'text' },
  interfaceField('management', 31),
  { name: 'name', since: 5, as: 'text' },
  { name: 'network_data', since: 66, as: 'object', sortable: false },
  interfaceField('network', 20),
  { name: 'owner', since: 50, as: 'text' },
  { name: 'parent_node', since: 83, as: 'text' },
  interfaceField('power', 31),
  { name: 'power_state', since: 1, as: 'text' },
  { name: 'properties', since: 1, as: 'object', sortable: false },
  { name: 'protected', since: 48, as: 'bare' },
  { name: 'protected_reason', since: 48, as: 'text' },
  { name: 'provision_state', since: 1, as: 'text' },
  { name: 'provision_updated_at', since: 1, as: 'time' },
  { name: 'raid_config', since: 12, as: 'object', sortable: false },
  interfaceField('raid', 31),
  interfaceField('rescue', 38),
  { name: 'reservation', since: 1, as: 'text' },
  { name: 'resource_class', since: 21, as: 'text' },
  { name: 'retired', since: 61, as: 'bare' },
  { name: 'retired_reason', since: 61, as: 'text' },
  { name: 'secure_boot', since: 75, as: 'bare' },
  { name: 'service_step', since: 87, as: 'object', sortable: false },
  { name: 'shard', since: 82, as: 'text' },
  interfaceField('storage', 33),
  { name: 'target_power_state', since: 1, as: 'text' },
  { name: 'target_provision_state', since: 1, as: 'text' },
  { name: 'target_raid_config', since: 12, as: 'object', sortable: false },
  { name: 'traits', since: 37, as: 'bare', sortable: false },
  interfaceField('vendor', 31),
  { name: 'links', since: 1, linksTo: '' },
  { name: 'conductor', since: 49, as: 'text', sortable: false },
  { name: 'allocation_uuid', since: 52, as: 'text', sortable: false },
  { name: 'chassis_uuid', since: 1, as: 'text' },
  { name: 'ports', since: 1, linksTo: '/ports' },
  { name: 'states', since: 14, linksTo: '/states' },
  { name: 'portgroups', since: 24, linksTo: '/portgroups' },
  { name: 'volume', since: 32, linksTo: '/volume' },
];

/** What a list shows when the client names no fields. */
export const LIST_FIELDS = [
  'uuid',
  'instance_uuid',
  'maintenance',
  'power_state',
  'provision_state',
  'name',
  'links',
] as const;

/** The version that each field came with. */
export const FIELD_SINCE: Readonly<Record<string, number>> = Object.fromEntries(
  NODE_FIELDS.map(({ name, since }) => [name, since]),
);

/** How a field is written for a client of the given version. */
export function memberOf(field: NodeField, version: number, origin: string): Member<NodeText> {
  const { name, linksTo } = field;
  if (linksTo !== undefined) return { name, of: linksWriter(origin, 'nodes', linksTo) };
  const column = name as NodeText;
  if (STATE_FIELDS.has(name)) return { name, column, as: (state) => stateJson(state, version) };
  return { name, column, as: field.as ?? 'text' };
}

/** Fields that hold a provision state. */
const STATE_FIELDS: ReadonlySet<string> = new Set(['provision_state', 'target_provision_state']);

/** Old clients know fewer states: `available` was null before 1.2, `inspect wait` was `inspecting` before 1.39. */
export function stateJson(state: string | null, version: number): string {
  if (state === null || (state === 'available' && version < 2)) return 'null';
  return JSON.stringify(state === 'inspect wait' && version < 39 ? 'inspecting' : state);
}
