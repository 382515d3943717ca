import type { Queryable } from './pool.ts';

/** A shard and how many nodes are in it. */
export interface ShardCount {
  /** Null for the nodes that are in none. */
  readonly name: string | null;
  readonly count: number;
}

/** All shards, the largest first. */
export async function countShards(db: Queryable): Promise<ShardCount[]> {
  const { rows } = await db.query<ShardCount>(
    'select shard as name, count(*)::integer as count from nodes group by shard order by 2 desc, 1',
  );
  return rows;
}
