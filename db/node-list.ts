import { isUuid } from '../domain/ids.ts';
import { INTERFACE_KINDS } from '../domain/node.ts';
import { insertBy, type NewNode } from './nodes.ts';
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

/** The first living worker of each site, read once for each statement. */
const FIRST_WORKERS = `(select jsonb_object_agg(conductor_group, hostname) from (
    select conductor_group, min(hostname) as hostname from workers
     where seen_at > now() - make_interval(secs => ${WORKER_TIMEOUT_SECONDS}) group by conductor_group
  ) site)`;

/** What stands beside the node's row. */
const BESIDE = {
  // The worker that runs the node's operation, else the first living one of its site.
  conductor: `coalesce(n.reservation, ${FIRST_WORKERS} ->> n.conductor_group)`,
  allocation_uuid: '(select a.uuid from allocations a where a.node_uuid = n.uuid)',
  traits: `(select coalesce(json_agg(t.trait order by t.trait), '[]') from node_traits t where t.node_uuid = n.uuid)`,
} as const;

/** Texts that change with those beside the row and cost less: in any order. */
const SIGNS: Readonly<Record<keyof typeof BESIDE, string>> = {
  ...BESIDE,
  traits: "(select string_agg(t.trait, ',') from node_traits t where t.node_uuid = n.uuid)",
};

/** What a list of nodes can be asked for, named as the API names it. */
export type NodeText = (typeof PLAIN)[number] | (typeof TIMES)[number] | Interface | keyof typeof BESIDE;

/** The SQL of each text; `n` is the node. */
const TEXTS = {
  ...Object.fromEntries(PLAIN.map((column) => [column, `n.${column}`])),
  ...Object.fromEntries(TIMES.map((column) => [column, utc(column)])),
  ...Object.fromEntries(INTERFACE_KINDS.map((kind) => [`${kind}_interface`, `n.interfaces ->> '${kind}'`])),
  ...BESIDE,
} as Readonly<Record<NodeText, string>>;

/**
 * SQL that gives another value whenever one of the texts does: the transaction that wrote the row (PostgreSQL's xmin),
 * since when the server counts them (one that was restored gives numbers again), and what stands beside the row.
 */
function versionOf(texts: readonly NodeText[]): string {
  const since = '(select extract(epoch from pg_postmaster_start_time())::text)';
  const beside = Object.entries(SIGNS).filter(([name]) => texts.includes(name as NodeText));
  const parts = beside.map(([, sql]) => `coalesce((${sql})::text, '-')`);
  return ['n.xmin::text', since, ...parts].join(" || ' ' || ");
}

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
  fault: equals('fault'),
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

const FROM = 'from nodes n';

function columnsOf(texts: readonly NodeText[]): string {
  return texts.map((name) => TEXTS[name]).join(', ');
}

/** Which nodes are wanted, and in which order. */
export interface NodePage {
  readonly filters: NodeFilters;
  readonly page: Page<NodeText>;
  /** Only what this project owns or leases; null: all. */
  readonly visibleTo: string | null;
}

/** One page of nodes, each as the asked texts in their order; one statement. */
export async function listNodeTexts(
  db: Queryable,
  { texts, ...wanted }: NodePage & { readonly texts: readonly NodeText[] },
): Promise<TextRow[]> {
  const { select, values } = pageOfColumns(columnsOf(texts), wanted);
  return await queryTexts(db, select, values);
}

/** One page of nodes, each as its uuid and a text that changes whenever one of the asked texts does. */
export async function listNodeVersions(
  db: Queryable,
  { texts, ...wanted }: NodePage & { readonly texts: readonly NodeText[] },
): Promise<{ readonly uuid: string; readonly version: string }[]> {
  const { select, values } = pageOfColumns(`n.uuid || ' ' || ${versionOf(texts)} as line`, wanted);
  // One text is read much faster than a row for each node; no line has a line break in it (JSON escapes them).
  const [row] = await queryTexts(db, `select string_agg(line, E'\\n') from (${select}) page`, values);
  const lines = row?.[0]?.split('\n') ?? [];
  return lines.map((line) => ({ uuid: line.slice(0, UUID_LENGTH), version: line.slice(UUID_LENGTH + 1) }));
}

const UUID_LENGTH = 36;

/** Those of the nodes that (still) fit the filters, each as the asked texts and, last, its version. */
export async function getVersionedTexts(
  db: Queryable,
  { texts, uuids, ...which }: Omit<NodePage, 'page'> & { texts: readonly NodeText[]; uuids: readonly string[] },
): Promise<TextRow[]> {
  const parameters = new Parameters();
  const conditions = [`n.uuid = any(${parameters.add(uuids, 'uuid[]')})`, ...conditionsOf(which, parameters)];
  const columns = `${columnsOf(texts)}, ${versionOf(texts)}`;
  return await queryTexts(db, `select ${columns} ${FROM} where ${conditions.join(' and ')}`, parameters.values);
}

function pageOfColumns(columns: string, { page, ...which }: NodePage): { select: string; values: unknown[] } {
  const parameters = new Parameters();
  const conditions = conditionsOf(which, parameters);
  const clauses = pageClauses(page, { alias: 'n', table: 'nodes', sort: TEXTS, conditions, parameters });
  return { select: `select ${columns} ${FROM} ${clauses}`, values: parameters.values };
}

function conditionsOf({ filters, visibleTo }: Omit<NodePage, 'page'>, parameters: Parameters): string[] {
  const conditions = Object.entries(filters).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const condition = CONDITIONS[name as keyof NodeFilters] as Condition<unknown>;
    return [condition(value, parameters)];
  });
  return visibleTo === null ? conditions : [...conditions, CONDITIONS.project(visibleTo, parameters)];
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

/** Adds a node and gives it as the asked texts. @throws BareMetalError as insertNode */
export async function insertNodeTexts(db: Queryable, node: NewNode, texts: readonly NodeText[]): Promise<TextRow> {
  const [row] = await insertBy(node, ({ text, values }) =>
    queryTexts(db, `${text} returning ${columnsOf(texts)}`, values),
  );
  return row as TextRow;
}
