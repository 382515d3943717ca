import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

/** Properties and traits of a node, locked until the transaction of `client` ends: what an inspection adds to. */
export async function lockFeatures(
  client: Queryable,
  nodeUuid: string,
): Promise<{ properties: JsonObject; traits: string[] } | undefined> {
  const { rows } = await client.query<{ properties: JsonObject; traits: string[] }>(
    `select properties, array(select trait from node_traits t where t.node_uuid = nodes.uuid) as traits
       from nodes where uuid = $1::uuid for update`,
    [nodeUuid],
  );
  return rows[0];
}

/** Lays what an inspection found over the node's properties, and keeps its boot mode. */
export async function applyInspection(
  db: Queryable,
  found: { nodeUuid: string; properties: JsonObject; bootMode: 'uefi' | 'bios' | null },
): Promise<void> {
  await db.query(
    `update nodes set properties = properties || $2::jsonb, boot_mode = coalesce($3::text, boot_mode), updated_at = now()
      where uuid = $1::uuid`,
    [found.nodeUuid, JSON.stringify(found.properties), found.bootMode],
  );
}

/** Whether the inventory is newer than the beginning of the node's inspection. */
export async function isInspected(db: Queryable, nodeUuid: string): Promise<boolean> {
  const { rows } = await db.query<{ inspected: boolean }>(
    `select i.inspected_at >= n.inspection_started_at as inspected
       from nodes n join node_inventory i on i.node_uuid = n.uuid where n.uuid = $1::uuid`,
    [nodeUuid],
  );
  return rows[0]?.inspected === true;
}

/** Adds a port for a MAC address that no port has yet. */
export async function addMissingPort(db: Queryable, port: { nodeUuid: string; address: string }): Promise<void> {
  await db.query(
    `insert into ports (uuid, node_uuid, address) values (gen_random_uuid(), $1::uuid, $2::macaddr)
     on conflict do nothing`,
    [port.nodeUuid, port.address],
  );
}
