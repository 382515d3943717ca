import { isUuid } from '../domain/ids.ts';
import { INTERFACE_KINDS } from '../domain/node.ts';
import type { Queryable } from './pool.ts';
import { pageClauses, Parameters, queryTexts, type Page, type TextRow } from './texts.ts';
import { WORKER_TIMEOUT_SECONDS } from './workers.ts';

const utc = (column: string): string => `n.${column} at time zone 'utc'`;

/** Columns of `nodes` that are shown as they are. */
const PLAIN = [
  'uuid',
  'name',
  'driver',
  'driver_info',
  'driver_internal_info',
  'properties',
  'instance_info',
  'instance_uuid',
  'extra',
  'resource_class',
  'conductor_group',
  'owner',
  'lessee',
  'shard',
  'chassis_uuid',
  'description',
  'network_data',
  'instance_name',
  'parent_node',
  'provision_state',
  'target_provision_state',
  'power_state',
  'target_power_state',
  'boot_mode',
  'secure_boot',
  'raid_config',
  'target_raid_config',
  'clean_step',
  'deploy_step',
  'service_step',
  'maintenance',
  'maintenance_reason',
  'fault',
  'last_error',
  'automated_clean',
  'protected',
  'protected_reason',
  'retired',
  'retired_reason',
  'console_enabled',
  'disable_power_off',
  'health',
  'reservation',
] as const;

const TIMES = [
  'created_at',
  'updated_at',
  'provision_updated_at',
  'inspection_started_at',
  'inspection_finished_at',
] as const;

type Interface = `${(typeof INTERFACE_KINDS)[number]}_interface`;

/** What a list of nodes can be asked for, named as the API names it. */
export type NodeText =
  | (typeof PLAIN)[number]
  | (typeof TIMES)[number]
  | Interface
  | 'conductor'
  | 'traits'
  | 'allocation_uuid';

/** The SQL of each text; `n` is the node, `site` its conductor group's workers. */
const TEXTS = {
  ...Object.fromEntries(PLAIN.map((column) => [column, `n.${column}`])),
  ...Object.fromEntries(TIMES.map((column) => [column, utc(column)])),
  ...Object.fromEntries(INTERFACE_KINDS.map((kind) => [`${kind}_interface`, `n.interfaces ->> '${kind}'`])),
  // The worker that runs the node's operation, else the first living one of its site.
  conductor: 'coalesce(n.reservation, site.hostname)',
  allocation_uuid: '(select a.uuid from allocations a where a.node_uuid = n.uuid)',
  traits: `(select coalesce(json_agg(t.trait order by t.trait), '[]') from node_traits t where t.node_uuid = n.uuid)`,
} as Readonly<Record<NodeText, string>>;

/** Conditions on a list of nodes; absent ones don't count. */
export interface NodeFilters {
  readonly instance_uuid?: string | undefined;
  readonly associated?: boolean | undefined;
  readonly maintenance?: boolean | undefined;
  readonly retired?: boolean | undefined;
  readonly provision_state?: string | undefined;
  readonly driver?: string | undefined;
  readonly resource_class?: string | undefined;
  readonly fault?: string | undefined;
  readonly conductor_group?: string | undefined;
  readonly conductor?: string | undefined;
  readonly owner?: string | undefined;
  readonly lessee?: string | undefined;
  readonly project?: string | undefined;
  readonly shard?: readonly string[] | undefined;
  readonly chassis_uuid?: string | undefined;
  readonly sharded?: boolean | undefined;
  readonly description_contains?: string | undefined;
  readonly instance_name?: string | undefined;
  /** Null stands for those that have none. */
  readonly parent_node?: string | null | undefined;
}

type Condition<Value> = (value: Value, parameters: Parameters) => string;
type Given<Name extends keyof NodeFilters> = Exclude<NodeFilters[Name], undefined>;

const equals =
  (column: string): Condition<string> =>
  (value, parameters) =>
    `n.${column} = ${parameters.add(value, 'text')}`;

const CONDITIONS: { readonly [Name in keyof NodeFilters]-?: Condition<Given<Name>> } = {
  instance_uuid: (uuid, parameters) => `n.instance_uuid = ${parameters.add(uuid, 'uuid')}`,
  associated: (is) => `n.instance_uuid is ${is ? 'not ' : ''}null`,
  maintenance: (is, parameters) => `n.maintenance = ${parameters.add(is, 'boolean')}`,
  retired: (is, parameters) => `n.retired = ${parameters.add(is, 'boolean')}`,
  provision_state: equals('provision_state'),
  driver: equals('driver'),
  resource_class: equals('resource_class'),
  fault: (fault, parameters) => (fault === 'none' ? 'n.fault is null' : `n.fault = ${parameters.add(fault, 'text')}`),
  conductor_group: (group, parameters) => `n.conductor_group = lower(${parameters.add(group, 'text')})`,
  conductor: (host, parameters) => `${TEXTS.conductor} = ${parameters.add(host, 'text')}`,
  owner: equals('owner'),
  lessee: equals('lessee'),
  project: (project, parameters) => `${parameters.add(project, 'text')} in (n.owner, n.lessee)`,
  shard: (shards, parameters) => `n.shard = any(${parameters.add(shards, 'text[]')})`,
  chassis_uuid: (uuid, parameters) => `n.chassis_uuid = ${parameters.add(uuid, 'uuid')}`,
  sharded: (is) => `n.shard is ${is ? 'not ' : ''}null`,
  description_contains: (part, parameters) =>
    `strpos(lower(n.description), lower(${parameters.add(part, 'text')})) > 0`,
  instance_name: equals('instance_name'),
  // As text: what is no uuid fits nothing.
  parent_node: (parent, parameters) =>
    parent === null ? 'n.parent_node is null' : `n.parent_node::text = ${parameters.add(parent, 'text')}`,
};

const FROM = `from nodes n left join (
    select conductor_group, min(hostname) as hostname from workers
     where seen_at > now() - make_interval(secs => ${WORKER_TIMEOUT_SECONDS}) group by conductor_group
  ) site on site.conductor_group = n.conductor_group`;

function columnsOf(texts: readonly NodeText[]): string {
  return texts.map((name) => TEXTS[name]).join(', ');
}

/** One page of nodes, each as the asked texts in their order; one statement. */
export async function listNodeTexts(
  db: Queryable,
  wanted: {
    texts: readonly NodeText[];
    filters: NodeFilters;
    page: Page<NodeText>;
    /** Only what this project owns or leases; null: all. */
    visibleTo: string | null;
  },
): Promise<TextRow[]> {
  const parameters = new Parameters();
  const conditions = Object.entries(wanted.filters).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const condition = CONDITIONS[name as keyof NodeFilters] as Condition<unknown>;
    return [condition(value, parameters)];
  });
  if (wanted.visibleTo !== null) conditions.push(CONDITIONS.project(wanted.visibleTo, parameters));
  const clauses = pageClauses(wanted.page, { alias: 'n', table: 'nodes', sort: TEXTS, conditions, parameters });
  return await queryTexts(db, `select ${columnsOf(wanted.texts)} ${FROM} ${clauses}`, parameters.values);
}

/** One node by uuid or name, as the asked texts, or undefined. */
export async function getNodeTexts(
  db: Queryable,
  uuidOrName: string,
  texts: readonly NodeText[],
): Promise<TextRow | undefined> {
  const condition = isUuid(uuidOrName) ? 'n.uuid = $1::uuid' : 'n.name = $1::text';
  const rows = await queryTexts(db, `select ${columnsOf(texts)} ${FROM} where ${condition}`, [uuidOrName]);
  return rows[0];
}
