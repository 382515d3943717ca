import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

/** What the last inspection reported. */
export interface Inventory {
  readonly inventory: JsonObject;
  readonly pluginData: JsonObject;
  readonly inspectedAt: Date;
}

/** Stores what an inspection reported; the newest replaces the older. */
export async function saveInventory(
  db: Queryable,
  report: { nodeUuid: string; inventory: JsonObject; pluginData: JsonObject },
): Promise<void> {
  await db.query(
    `insert into node_inventory (node_uuid, inventory, plugin_data) values ($1::uuid, $2::jsonb, $3::jsonb)
     on conflict (node_uuid) do update set
       inventory = excluded.inventory, plugin_data = excluded.plugin_data, inspected_at = now()`,
    [report.nodeUuid, JSON.stringify(report.inventory), JSON.stringify(report.pluginData)],
  );
}

/** What the last inspection reported, or undefined when the node was never inspected. */
export async function getInventory(db: Queryable, nodeUuid: string): Promise<Inventory | undefined> {
  const { rows } = await db.query<Inventory>(
    `select inventory, plugin_data as "pluginData", inspected_at as "inspectedAt"
       from node_inventory where node_uuid = $1::uuid`,
    [nodeUuid],
  );
  return rows[0];
}
