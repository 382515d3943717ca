import type { NodeEvent } from '../domain/node-events.ts';
import { SECRET_OVERLAP_S, type DeliveryState } from '../domain/webhooks.ts';
import type { Queryable } from './pool.ts';

/** What became of one delivery. */
export interface Delivery {
  readonly id: number;
  readonly eventId: number;
  readonly type: string;
  readonly nodeUuid: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextTryAt: Date;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly deliveredAt: Date | null;
}

const COLUMNS = `d.id::float8 as id, d.event_id::float8 as "eventId", e.type, d.node_uuid as "nodeUuid", d.state, d.attempts,
  d.next_try_at as "nextTryAt", d.last_status as "lastStatus", d.last_error as "lastError", d.delivered_at as "deliveredAt"`;

/** Which deliveries of a subscriber are listed. */
export interface DeliveryPage {
  readonly webhookUuid: string;
  readonly limit: number;
  readonly state: DeliveryState | null;
  /** The delivery before the first one. */
  readonly before: number | null;
}

/** One page of a subscriber's deliveries, newest first. */
export async function listDeliveries(db: Queryable, page: DeliveryPage): Promise<Delivery[]> {
  const { rows } = await db.query<Delivery>(
    `select ${COLUMNS} from webhook_deliveries d join node_events e on e.id = d.event_id
      where d.webhook_uuid = $1::uuid and ($3::text is null or d.state = $3::text) and ($4::bigint is null or d.id < $4::bigint)
      order by d.id desc limit $2::integer`,
    [page.webhookUuid, page.limit, page.state, page.before],
  );
  return rows;
}

/** One delivery of a subscriber, or undefined. */
export async function getDelivery(
  db: Queryable,
  { webhookUuid, id }: { webhookUuid: string; id: number },
): Promise<Delivery | undefined> {
  const { rows } = await db.query<Delivery>(
    `select ${COLUMNS} from webhook_deliveries d join node_events e on e.id = d.event_id
      where d.webhook_uuid = $1::uuid and d.id = $2::bigint`,
    [webhookUuid, id],
  );
  return rows[0];
}

/**
 * Has deliveries made (again) from now on, with all tries before them: the one, or all that were not made.
 * @returns how many
 */
export async function retryDeliveries(
  db: Queryable,
  { webhookUuid, id }: { webhookUuid: string; id: number | null },
): Promise<number> {
  const { rowCount } = await db.query(
    `update webhook_deliveries set state = 'waiting', attempts = 0, next_try_at = now(), delivered_at = null
      where webhook_uuid = $1::uuid and case when $2::bigint is null then state <> 'delivered' else id = $2::bigint end`,
    [webhookUuid, id],
  );
  return rowCount ?? 0;
}

/** A delivery that is to be tried now. */
export type DueDelivery = NodeEvent & {
  readonly delivery: number;
  readonly attempts: number;
  readonly url: string;
  /** What signs it, as it is stored: the secret, and the one from before while that counts. */
  readonly secrets: readonly string[];
};

/** How many deliveries may be taken. */
export interface Taking {
  readonly most: number;
  /** How many of one subscriber may be under way, whoever has taken them: one that hangs holds up no other. */
  readonly mostOfOne: number;
  readonly leaseS: number;
}

/** Of a subscriber that is `subscriber`, the oldest delivery that waits of the first node after another one. */
const oldestOfNode = (subscriber: string, after = '') => `
  select d.node_uuid, d.id from webhook_deliveries d
   where d.webhook_uuid = ${subscriber} and d.state = 'waiting' ${after && `and d.node_uuid > ${after}`}
   order by d.node_uuid, d.id limit 1`;

/**
 * Takes deliveries whose time has come, of each node and subscriber the oldest that waits; no one else gets them for
 * `leaseS` seconds, and then they are due again, whatever became of this process. From node to node by the index: what
 * a subscriber that is gone has let pile up behind the oldest is not read.
 */
export async function takeDueDeliveries(db: Queryable, { most, mostOfOne, leaseS }: Taking): Promise<DueDelivery[]> {
  const { rows } = await db.query<DueDelivery>(
    `with recursive oldest (webhook_uuid, node_uuid, id) as (
       select w.uuid, first.* from webhooks w cross join lateral (${oldestOfNode('w.uuid')}) first
       union all
       select o.webhook_uuid, following.* from oldest o
         cross join lateral (${oldestOfNode('o.webhook_uuid', 'o.node_uuid')}) following
     ), heads as (
       select d.id, d.webhook_uuid, coalesce(d.taken_until > now(), false) as is_taken
         from oldest join webhook_deliveries d using (id)
     ), due as (
       select d.id from webhooks w cross join lateral (
         select d.id, d.next_try_at from heads h join webhook_deliveries d using (id)
          where h.webhook_uuid = w.uuid and d.state = 'waiting' and d.next_try_at <= now()
            and (d.taken_until is null or d.taken_until <= now())
          order by d.next_try_at
          limit greatest(0, $2::integer - (select count(*) from heads where webhook_uuid = w.uuid and is_taken))
          for update of d skip locked) d
        order by d.next_try_at limit $1::integer
     ), taken as (
       update webhook_deliveries d set attempts = attempts + 1, taken_until = now() + make_interval(secs => $3::integer)
        from due where d.id = due.id returning d.*
     )
     select t.id::float8 as delivery, t.attempts, w.url,
       array_remove(array[w.secret, case when w.secret_changed_at > now() - make_interval(secs => ${SECRET_OVERLAP_S})
         then w.previous_secret end], null) as secrets,
       e.id::float8 as id, e.node_uuid as "nodeUuid", e.operation_run as run, e.at, e.type, e.data
     from taken t join webhooks w on w.uuid = t.webhook_uuid join node_events e on e.id = t.event_id order by t.id`,
    [most, mostOfOne, leaseS],
  );
  return rows;
}

/** How one try went. */
export interface Tried {
  readonly delivery: number;
  readonly status: number | null;
  /** Null when it was delivered. */
  readonly error: string | null;
  /** Seconds until the next try; null gives the delivery up, where it wasn't made. */
  readonly pauseS: number | null;
}

/** Notes how a try went. */
export async function noteTry(db: Queryable, { delivery, status, error, pauseS }: Tried): Promise<void> {
  await db.query(
    `update webhook_deliveries set last_status = $2::integer, last_error = $3::text, taken_until = null,
       state = case when $3::text is null then 'delivered' when $4::float8 is null then 'given up' else 'waiting' end,
       delivered_at = case when $3::text is null then now() end,
       next_try_at = now() + make_interval(secs => coalesce($4::float8, 0))
     where id = $1::bigint`,
    [delivery, status, error, pauseS],
  );
}
