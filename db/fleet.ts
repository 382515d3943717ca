import { selectsNothing, type FleetNode, type FleetSelector } from '../domain/fleet.ts';
import type { Health } from '../domain/health.ts';
import type { Node, PowerState } from '../domain/node.ts';
import { NODE_COLUMNS, rowToNode, type NodeRow } from './node-row.ts';
import type { Queryable } from './pool.ts';

/** The available nodes of a site that a selector means, those that were cleaned longest ago first. */
export async function selectFleet(
  db: Queryable,
  { site, selector }: { site: string; selector: FleetSelector },
): Promise<FleetNode[]> {
  if (selectsNothing(selector)) return [];
  const { rows } = await db.query<FleetNode>(
    `select uuid, name, rack_of(nodes) as rack from nodes
      where provision_state = 'available' and not maintenance and not retired and conductor_group = $1::text
        and ($2::text[] = '{}' or uuid::text = any($2::text[]) or name = any($2::text[]))
        and ($3::text is null or resource_class = $3::text) and ($4::text is null or owner = $4::text)
        and ($5::text is null or shard = $5::text) and ($6::text is null or rack_of(nodes) = $6::text)
        and (select count(*) from node_traits t where t.node_uuid = nodes.uuid and t.trait = any($7::text[]))
          = cardinality($7::text[])
      order by (select max(finished_at) from erasure_records r where r.node_uuid = nodes.uuid) nulls first, id`,
    [
      site,
      selector.nodes ?? [],
      selector.resourceClass ?? null,
      selector.owner ?? null,
      selector.shard ?? null,
      selector.rack ?? null,
      [...new Set(selector.traits)],
    ],
  );
  return rows;
}

/** Those of these uuids and names that no node of the site has, whatever its state. */
export async function listUnknownNodes(
  db: Queryable,
  { site, nodes }: { site: string; nodes: readonly string[] },
): Promise<string[]> {
  const { rows } = await db.query<{ ident: string }>(
    `select ident from unnest($2::text[]) with ordinality as asked (ident, place)
      where not exists (select from nodes where conductor_group = $1::text and (uuid::text = ident or name = ident))
      order by place`,
    [site, nodes],
  );
  return rows.map(({ ident }) => ident);
}

/** How many nodes each rack of a site has, in whatever state. */
export async function countRacks(db: Queryable, site: string): Promise<Record<string, number>> {
  const { rows } = await db.query<{ rack: string; nodes: number }>(
    `select rack_of(nodes) as rack, count(*)::integer as nodes from nodes where conductor_group = $1::text group by 1`,
    [site],
  );
  return Object.fromEntries(rows.map(({ rack, nodes }) => [rack, nodes]));
}

/** The nodes of a site whose power is watched: verified, and held by no operation. */
export async function listWatchedNodes(db: Queryable, site: string): Promise<Node[]> {
  const { rows } = await db.query<NodeRow>(
    `select ${NODE_COLUMNS} from nodes
      where conductor_group = $1::text and operation is null and provision_state <> 'enroll' order by id`,
    [site],
  );
  return rows.map(rowToNode);
}

/** Writes the power that a sweep read, unless an operation has taken the node meanwhile. False when nothing changed. */
export function recordSweep(
  db: Queryable,
  { nodeUuid, powerState }: { nodeUuid: string; powerState: PowerState | null },
): Promise<boolean> {
  return record(db, nodeUuid, { column: 'power_state', value: powerState });
}

/** The same of health. */
export function recordHealth(
  db: Queryable,
  { nodeUuid, health }: { nodeUuid: string; health: Health | null },
): Promise<boolean> {
  return record(db, nodeUuid, { column: 'health', value: health });
}

async function record(
  db: Queryable,
  nodeUuid: string,
  { column, value }: { readonly column: 'power_state' | 'health'; readonly value: string | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update nodes set ${column} = $2::text, updated_at = now()
      where uuid = $1::uuid and operation is null and ${column} is distinct from $2::text`,
    [nodeUuid, value],
  );
  return rowCount === 1;
}
