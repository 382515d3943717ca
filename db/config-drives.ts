import type { Queryable } from './pool.ts';

/**
 * Keeps the config drive of a node until it is deleted: gzip+base64 of an ISO 9660 file system, an http(s)
 * URL of the same, or JSON `{meta_data, user_data, network_data, vendor_data}` as text.
 */
export async function putConfigDrive(
  db: Queryable,
  { nodeUuid, content }: { readonly nodeUuid: string; readonly content: string },
): Promise<void> {
  await db.query(
    `insert into config_drives (node_uuid, content) values ($1::uuid, $2::text)
     on conflict (node_uuid) do update set content = excluded.content, created_at = now()`,
    [nodeUuid, content],
  );
}

/** The config drive as it was given, or undefined. */
export async function getConfigDrive(db: Queryable, nodeUuid: string): Promise<string | undefined> {
  const { rows } = await db.query<{ content: string }>('select content from config_drives where node_uuid = $1::uuid', [
    nodeUuid,
  ]);
  return rows[0]?.content;
}

/** Forgets the config drive; does nothing when there is none. */
export async function deleteConfigDrive(db: Queryable, nodeUuid: string): Promise<void> {
  await db.query('delete from config_drives where node_uuid = $1::uuid', [nodeUuid]);
}
