import type { Queryable } from './pool.ts';

/** One operation on a node, as its history tells it. */
export interface OperationSummary {
  /** The Temporal run of the workflow `node:<uuid>`. */
  readonly run: string;
  readonly verb: string;
  readonly username: string | null;
  readonly requestId: string | null;
  readonly startedAt: Date;
  /** When its last event was written; its end when it runs no more. */
  readonly lastEventAt: Date;
  readonly lastEvent: string;
  readonly failed: boolean;
  readonly running: boolean;
}

/**
 * The operations of a node, newest first.
 * @param filter.run only this one; @param filter.before only those that began before this one
 */
export async function listOperations(
  db: Queryable,
  filter: { nodeUuid: string; limit: number; run?: string | undefined; before?: string | undefined },
): Promise<OperationSummary[]> {
  const { rows } = await db.query<OperationSummary>(
    `select h.operation_run as run, (array_agg(h.event_type order by h.id))[1] as verb,
       max(h.username) as username, max(h.request_id) as "requestId",
       min(h.at) as "startedAt", max(h.at) as "lastEventAt", (array_agg(h.event order by h.id desc))[1] as "lastEvent",
       bool_or(h.severity = 'ERROR') as failed,
       exists (select from nodes n where n.uuid = $1::uuid and n.operation_run = h.operation_run
         and n.operation is not null) as running
     from node_history h where h.node_uuid = $1::uuid and h.operation_run is not null
       and ($3::uuid is null or h.operation_run = $3::uuid)
     group by h.operation_run
     having $4::uuid is null or min(h.id) < (
       select min(id) from node_history where node_uuid = $1::uuid and operation_run = $4::uuid)
     order by min(h.id) desc limit $2::integer`,
    [filter.nodeUuid, filter.limit, filter.run ?? null, filter.before ?? null],
  );
  return rows;
}
