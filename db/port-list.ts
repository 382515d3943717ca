import type { Queryable } from './pool.ts';
import { portCondition } from './ports.ts';
import { pageClauses, Parameters, queryTexts, type Page, type TextRow } from './texts.ts';

/** The SQL of each text of a port, named as the API names it. */
const TEXTS = {
  uuid: 'p.uuid',
  address: 'p.address',
  extra: 'p.extra',
  internal_info: 'p.internal_info',
  is_smartnic: 'p.is_smartnic',
  local_link_connection: 'p.local_link_connection',
  physical_network: 'p.physical_network',
  pxe_enabled: 'p.pxe_enabled',
  node_uuid: 'p.node_uuid',
  portgroup_uuid: 'p.portgroup_uuid',
  name: 'p.name',
  description: 'p.description',
  vendor: 'p.vendor',
  category: 'p.category',
  available_for_dynamic_portgroup: 'p.available_for_dynamic_portgroup',
  created_at: `p.created_at at time zone 'utc'`,
  updated_at: `p.updated_at at time zone 'utc'`,
} as const;

/** What a list of ports can be asked for. */
export type PortText = keyof typeof TEXTS;

/** Conditions on a list of ports; absent ones don't count. */
export interface PortFilters {
  readonly address?: string | undefined;
  readonly nodeUuid?: string | undefined;
  readonly portgroupUuid?: string | undefined;
  readonly conductorGroups?: readonly string[] | undefined;
  readonly descriptionContains?: string | undefined;
  readonly shards?: readonly string[] | undefined;
  /** Only ports of nodes that this project owns or leases; null: all. */
  readonly visibleTo: string | null;
}

const columnsOf = (texts: readonly PortText[]): string => texts.map((name) => TEXTS[name]).join(', ');

/** One page of ports, each as the asked texts in their order; one statement. */
export async function listPortTexts(
  db: Queryable,
  wanted: { texts: readonly PortText[]; filters: PortFilters; page: Page<PortText> },
): Promise<TextRow[]> {
  const parameters = new Parameters();
  const conditions = conditionsOf(wanted.filters, parameters);
  const clauses = pageClauses(wanted.page, { alias: 'p', table: 'ports', sort: TEXTS, conditions, parameters });
  return await queryTexts(db, `select ${columnsOf(wanted.texts)} from ports p ${clauses}`, parameters.values);
}

function conditionsOf(filters: PortFilters, parameters: Parameters): string[] {
  const ofNode = (condition: string): string => `p.node_uuid in (select uuid from nodes where ${condition})`;
  const conditions: string[] = [];
  if (filters.address !== undefined) conditions.push(`p.address = ${parameters.add(filters.address, 'macaddr')}`);
  if (filters.nodeUuid !== undefined) conditions.push(`p.node_uuid = ${parameters.add(filters.nodeUuid, 'uuid')}`);
  if (filters.portgroupUuid !== undefined) {
    conditions.push(`p.portgroup_uuid = ${parameters.add(filters.portgroupUuid, 'uuid')}`);
  }
  if (filters.conductorGroups !== undefined) {
    conditions.push(ofNode(`conductor_group = any(${parameters.add(filters.conductorGroups, 'text[]')})`));
  }
  if (filters.shards !== undefined) {
    conditions.push(ofNode(`shard = any(${parameters.add(filters.shards, 'text[]')})`));
  }
  if (filters.descriptionContains !== undefined) {
    const part = parameters.add(filters.descriptionContains, 'text');
    conditions.push(`strpos(lower(p.description), lower(${part})) > 0`);
  }
  if (filters.visibleTo !== null) {
    conditions.push(ofNode(`${parameters.add(filters.visibleTo, 'text')} in (owner, lessee)`));
  }
  return conditions;
}

/** One port by uuid or name, as the asked texts, or undefined. */
export async function getPortTexts(
  db: Queryable,
  ident: string,
  texts: readonly PortText[],
): Promise<TextRow | undefined> {
  const text = `select ${columnsOf(texts)} from ports p where ${portCondition(ident)}`;
  const rows = await queryTexts(db, text, [ident]);
  return rows[0];
}
