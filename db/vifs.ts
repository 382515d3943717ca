import type { Queryable } from './pool.ts';

/** A virtual interface of a tenant on a physical port. */
export interface Vif {
  /** What the client calls it; for the network interface `switch` the name or uuid of a network. */
  readonly vifId: string;
  readonly portUuid: string;
  readonly attachedAt: Date;
}

/** The VIFs of a node in the order in which they were attached. */
export async function listVifs(db: Queryable, nodeUuid: string): Promise<Vif[]> {
  const { rows } = await db.query<Vif>(
    `select vif_id as "vifId", port_uuid as "portUuid", attached_at as "attachedAt"
       from vif_attachments where node_uuid = $1::uuid order by attached_at, vif_id`,
    [nodeUuid],
  );
  return rows;
}

/** Why a VIF was not attached. */
export type VifRefusal = 'attached already' | 'no free port';

/**
 * Attaches a VIF to a free port of the node: the one named, else the first made, PXE ports first (as Ironic
 * chooses). One statement, so that two at once can't take the same port.
 * @returns the port's uuid, or why not
 */
export async function attachVif(
  db: Queryable,
  wish: { nodeUuid: string; vifId: string; portUuid: string | null },
): Promise<{ portUuid: string } | { refused: VifRefusal }> {
  const { rows } = await db.query<{ port_uuid: string }>(
    `insert into vif_attachments (node_uuid, vif_id, port_uuid)
     select $1::uuid, $2::text, p.uuid from ports p
      where p.node_uuid = $1::uuid and ($3::uuid is null or p.uuid = $3::uuid)
        and not exists (select from vif_attachments a where a.port_uuid = p.uuid)
      order by p.pxe_enabled desc, p.id limit 1
     on conflict do nothing returning port_uuid`,
    [wish.nodeUuid, wish.vifId, wish.portUuid],
  );
  const row = rows[0];
  if (row !== undefined) return { portUuid: row.port_uuid };
  const taken = await db.query('select from vif_attachments where node_uuid = $1::uuid and vif_id = $2::text', [
    wish.nodeUuid,
    wish.vifId,
  ]);
  return { refused: taken.rowCount === 0 ? 'no free port' : 'attached already' };
}

/** Detaches a VIF; false when it was not attached. */
export async function detachVif(db: Queryable, vif: { nodeUuid: string; vifId: string }): Promise<boolean> {
  const { rowCount } = await db.query('delete from vif_attachments where node_uuid = $1::uuid and vif_id = $2::text', [
    vif.nodeUuid,
    vif.vifId,
  ]);
  return rowCount === 1;
}

/** Nodes that have a VIF of one of these names: those that still need the network. */
export async function listNodesWithVif(db: Queryable, vifIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ uuid: string }>(
    'select distinct node_uuid as uuid from vif_attachments where vif_id = any ($1::text[]) order by 1 limit 10',
    [vifIds],
  );
  return rows.map((row) => row.uuid);
}
