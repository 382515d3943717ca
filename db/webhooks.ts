import pg from 'pg';
import { BareMetalError } from '../domain/errors.ts';
import type { NodeEvent } from '../domain/node-events.ts';
import type { WebhookEvent } from '../domain/webhooks.ts';
import type { Queryable } from './pool.ts';

/** A subscriber (table `webhooks`); its secret is read by the deliveries only. */
export interface Webhook {
  readonly uuid: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly createdAt: Date;
}

const COLUMNS = `uuid, name, url, events, created_at as "createdAt"`;
const UNIQUE_VIOLATION = '23505';

/** Adds a subscriber. @param webhook.secret as it is stored (temporal/seal.ts) @throws BareMetalError `DuplicateName` */
export async function insertWebhook(
  db: Queryable,
  webhook: Pick<Webhook, 'name' | 'url' | 'events'> & { readonly secret: string },
): Promise<Webhook> {
  const { name, url, events, secret } = webhook;
  const { rows } = await db
    .query<Webhook>(
      `insert into webhooks (name, url, events, secret) values ($1::text, $2::text, $3::text[], $4::text)
       returning ${COLUMNS}`,
      [name, url, events, secret],
    )
    .catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError) || error.code !== UNIQUE_VIOLATION) throw error;
      throw new BareMetalError('DuplicateName', `A webhook named "${name}" already exists.`);
    });
  const [row] = rows as [Webhook];
  return row;
}

/** All subscribers by name. */
export async function listWebhooks(db: Queryable): Promise<Webhook[]> {
  const { rows } = await db.query<Webhook>(`select ${COLUMNS} from webhooks order by name`);
  return rows;
}

/** The subscriber of this name, or undefined. */
export async function getWebhook(db: Queryable, name: string): Promise<Webhook | undefined> {
  const { rows } = await db.query<Webhook>(`select ${COLUMNS} from webhooks where name = $1::text`, [name]);
  return rows[0];
}

/** Removes a subscriber with what it was not told yet. False when there is none of this name. */
export async function deleteWebhook(db: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from webhooks where name = $1::text', [name]);
  return rowCount === 1;
}

/** What became of one delivery. */
export interface Delivery {
  readonly id: number;
  readonly eventId: number;
  readonly type: string;
  readonly nodeUuid: string;
  readonly state: 'waiting' | 'delivered' | 'given up';
  readonly attempts: number;
  readonly nextTryAt: Date;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly deliveredAt: Date | null;
}

/** The last deliveries of a subscriber, newest first. */
export async function listDeliveries(
  db: Queryable,
  { webhookUuid, limit }: { webhookUuid: string; limit: number },
): Promise<Delivery[]> {
  const { rows } = await db.query<Delivery>(
    `select d.id::float8 as id, d.event_id::float8 as "eventId", e.type, e.node_uuid as "nodeUuid", d.state, d.attempts,
       d.next_try_at as "nextTryAt", d.last_status as "lastStatus", d.last_error as "lastError",
       d.delivered_at as "deliveredAt"
     from webhook_deliveries d join node_events e on e.id = d.event_id
     where d.webhook_uuid = $1::uuid order by d.id desc limit $2::integer`,
    [webhookUuid, limit],
  );
  return rows;
}

/** A delivery that is to be tried now. */
export type DueDelivery = NodeEvent & {
  readonly delivery: number;
  readonly attempts: number;
  readonly url: string;
  readonly secret: string;
};

/**
 * Takes deliveries whose time has come, oldest first; no one else gets them for `leaseS` seconds, and then they are
 * due again, whatever became of this process.
 */
export async function takeDueDeliveries(
  db: Queryable,
  { most, leaseS }: { most: number; leaseS: number },
): Promise<DueDelivery[]> {
  const { rows } = await db.query<DueDelivery>(
    `with due as (
       select id from webhook_deliveries where state = 'waiting' and next_try_at <= now()
        order by next_try_at limit $1::integer for update skip locked
     ), taken as (
       update webhook_deliveries d set attempts = attempts + 1, next_try_at = now() + make_interval(secs => $2::integer)
        from due where d.id = due.id returning d.*
     )
     select t.id::float8 as delivery, t.attempts, w.url, w.secret, e.id::float8 as id, e.node_uuid as "nodeUuid",
       e.operation_run as run, e.at, e.type, e.data
     from taken t join webhooks w on w.uuid = t.webhook_uuid join node_events e on e.id = t.event_id order by t.id`,
    [most, leaseS],
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
    `update webhook_deliveries set last_status = $2::integer, last_error = $3::text,
       state = case when $3::text is null then 'delivered' when $4::float8 is null then 'given up' else 'waiting' end,
       delivered_at = case when $3::text is null then now() end,
       next_try_at = now() + make_interval(secs => coalesce($4::float8, 0))
     where id = $1::bigint`,
    [delivery, status, error, pauseS],
  );
}
