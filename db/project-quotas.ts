import type { Queryable } from './pool.ts';

/** How many nodes a project may hold, and holds: leases, or owns and doesn't lease out. */
export interface ProjectQuota {
  readonly project: string;
  /** Null: there is no limit. */
  readonly nodes: number | null;
  readonly used: number;
}

/** The projects that have a quota of their own, in alphabetical order; `*` first. */
export async function listQuotas(db: Queryable): Promise<ProjectQuota[]> {
  const { rows } = await db.query<ProjectQuota>(
    `select q.project, q.nodes, count(n.uuid)::integer as used from project_quotas q
       left join nodes n on coalesce(n.lessee, n.owner) = q.project
      group by q.project order by q.project <> '*', q.project`,
  );
  return rows;
}

/** What a project may hold, by its own quota or by that of all others, and holds. */
export async function getQuota(db: Queryable, project: string): Promise<ProjectQuota> {
  const { rows } = await db.query<ProjectQuota>(
    `select $1::text as project,
       (select nodes from project_quotas where project in ($1::text, '*') order by project = '*' limit 1) as nodes,
       (select count(*)::integer from nodes where coalesce(lessee, owner) = $1::text) as used`,
    [project],
  );
  const [row] = rows as [ProjectQuota];
  return row;
}

/** Sets a project's quota. What it holds beyond stays; nothing is added. */
export async function setQuota(db: Queryable, { project, nodes }: { project: string; nodes: number }): Promise<void> {
  await db.query(
    `insert into project_quotas (project, nodes) values ($1::text, $2::integer)
     on conflict (project) do update set nodes = excluded.nodes, updated_at = now()`,
    [project, nodes],
  );
}

/** Drops a project's own quota; false when it has none. */
export async function dropQuota(db: Queryable, project: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from project_quotas where project = $1::text', [project]);
  return rowCount === 1;
}
