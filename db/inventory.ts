import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

/** What the last inspection reported. */
export interface Inventory {
  readonly inventory: JsonObject;
  readonly pluginData: JsonObject;
  readonly inspectedAt: Date;
  /** Whether the node was changed by it. */
  readonly isApplied: boolean;
}

/** Stores what an inspection reported; the newest replaces the older. */
export async function saveInventory(
  db: Queryable,
  report: { nodeUuid: string; inventory: JsonObject; pluginData: JsonObject },
): Promise<void> {
  await db.query(
    `insert into node_inventory (node_uuid, inventory, plugin_data) values ($1::uuid, $2::jsonb, $3::jsonb)
     on conflict (node_uuid) do update set
       inventory = excluded.inventory, plugin_data = excluded.plugin_data, inspected_at = now(), applied_at = null`,
    [report.nodeUuid, JSON.stringify(report.inventory), JSON.stringify(report.pluginData)],
  );
}

const COLUMNS = `inventory, plugin_data as "pluginData", inspected_at as "inspectedAt",
  applied_at is not null as "isApplied"`;

/** What the last inspection reported, or undefined when the node was never inspected. */
export async function getInventory(db: Queryable, nodeUuid: string): Promise<Inventory | undefined> {
  const { rows } = await db.query<Inventory>(`select ${COLUMNS} from node_inventory where node_uuid = $1::uuid`, [
    nodeUuid,
  ]);
  return rows[0];
}

/** As getInventory, locked until the transaction of `client` ends. */
export async function lockInventory(client: Queryable, nodeUuid: string): Promise<Inventory | undefined> {
  const { rows } = await client.query<Inventory>(
    `select ${COLUMNS} from node_inventory where node_uuid = $1::uuid for update`,
    [nodeUuid],
  );
  return rows[0];
}

/** Notes that an inventory was applied, and what inspection rules made of its plugin data. */
export async function noteApplied(db: Queryable, done: { nodeUuid: string; pluginData: JsonObject }): Promise<void> {
  await db.query('update node_inventory set applied_at = now(), plugin_data = $2::jsonb where node_uuid = $1::uuid', [
    done.nodeUuid,
    JSON.stringify(done.pluginData),
  ]);
}
