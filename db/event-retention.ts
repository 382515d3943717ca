import type { Queryable } from './pool.ts';

/** One batch of old events. */
export interface EventBatch {
  /** How old an event must be, in days. */
  readonly days: number;
  /** The last event of the batch before; 0 for the first batch. */
  readonly after: number;
  readonly most: number;
}

/** What became of a batch. */
export interface ForgottenBatch {
  readonly deleted: number;
  /** The last event of the batch; null when no older ones are left behind it. */
  readonly last: number | null;
}

/**
 * Deletes the old ones among the next `most` events, with their deliveries. What a webhook waits for stays, and so do
 * the events of operations that still run. Events come in the order of their ids, so that no index by time is needed.
 * Of several sites that do so at the same time one does it.
 */
export async function forgetEvents(db: Queryable, { days, after, most }: EventBatch): Promise<ForgottenBatch> {
  const { rows } = await db.query<ForgottenBatch>(
    `with turn as materialized (
       select pg_try_advisory_xact_lock(hashtext('forget events')) as is_ours
     ), batch as (
       select id, at < now() - make_interval(days => $1::integer) as is_old from node_events, turn
        where is_ours and id > $2::bigint order by id limit $3::integer
     ), gone as (
       delete from node_events e using batch where e.id = batch.id and batch.is_old
         and not exists (select from webhook_deliveries d where d.event_id = e.id and d.state = 'waiting')
         and (e.operation_run is null or e.operation_run not in (
           select operation_run from nodes where operation is not null and operation_run is not null))
       returning e.id
     )
     select (select count(*) from gone)::integer as deleted,
       (select max(id) from batch having count(*) = $3::integer and bool_and(is_old))::float8 as last`,
    [days, after, most],
  );
  const [batch] = rows as [ForgottenBatch];
  return batch;
}
