import type { Queryable } from './pool.ts';

/** The traits of a node in alphabetical order. */
export async function listTraits(db: Queryable, nodeUuid: string): Promise<string[]> {
  const { rows } = await db.query<{ trait: string }>(
    'select trait from node_traits where node_uuid = $1::uuid order by trait',
    [nodeUuid],
  );
  return rows.map((row) => row.trait);
}

/** Makes these the node's traits and no others. */
export async function replaceTraits(
  db: Queryable,
  change: { nodeUuid: string; traits: readonly string[] },
): Promise<void> {
  await db.query(
    `with gone as (
       delete from node_traits where node_uuid = $1::uuid and trait <> all ($2::text[])
     )
     insert into node_traits (node_uuid, trait) select $1::uuid, unnest($2::text[]) on conflict do nothing`,
    [change.nodeUuid, change.traits],
  );
}

/** Adds a trait; one that is there already stays. */
export async function addTrait(db: Queryable, change: { nodeUuid: string; trait: string }): Promise<void> {
  await db.query('insert into node_traits (node_uuid, trait) values ($1::uuid, $2::text) on conflict do nothing', [
    change.nodeUuid,
    change.trait,
  ]);
}

/** Removes a trait; false when the node has it not. */
export async function removeTrait(db: Queryable, change: { nodeUuid: string; trait: string }): Promise<boolean> {
  const { rowCount } = await db.query('delete from node_traits where node_uuid = $1::uuid and trait = $2::text', [
    change.nodeUuid,
    change.trait,
  ]);
  return rowCount === 1;
}
