import pg from 'pg';
import { BareMetalError } from '../domain/errors.ts';
import { SECRET_OVERLAP_S, type WebhookEvent } from '../domain/webhooks.ts';
import type { Queryable } from './pool.ts';

/** A subscriber (table `webhooks`); its secrets are read by the deliveries only. */
export interface Webhook {
  readonly uuid: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** Until when the secret from before signs too; null when it doesn't (any more). */
  readonly previousSecretUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

const OVERLAP_ENDS = `secret_changed_at + make_interval(secs => ${SECRET_OVERLAP_S})`;
const COLUMNS = `uuid, name, url, events,
  case when previous_secret is not null and ${OVERLAP_ENDS} > now() then ${OVERLAP_ENDS} end as "previousSecretUntil",
  created_at as "createdAt", updated_at as "updatedAt"`;
const UNIQUE_VIOLATION = '23505';

/** What a client may choose of a subscriber. */
export type WebhookSettings = Pick<Webhook, 'name' | 'url' | 'events'>;

/** Adds a subscriber. @param webhook.secret as it is stored (temporal/seal.ts) @throws BareMetalError `DuplicateName` */
export async function insertWebhook(
  db: Queryable,
  webhook: WebhookSettings & { readonly secret: string },
): Promise<Webhook> {
  const { name, url, events, secret } = webhook;
  const { rows } = await db
    .query<Webhook>(
      `insert into webhooks (name, url, events, secret) values ($1::text, $2::text, $3::text[], $4::text)
       returning ${COLUMNS}`,
      [name, url, events, secret],
    )
    .catch((error: unknown) => Promise.reject(nameConflict(error, name)));
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

/** The same, locked until the transaction of `client` ends. */
export async function lockWebhook(client: Queryable, name: string): Promise<Webhook | undefined> {
  const { rows } = await client.query<Webhook>(`select ${COLUMNS} from webhooks where name = $1::text for update`, [
    name,
  ]);
  return rows[0];
}

/** What is changed of a subscriber. */
export interface WebhookChange extends WebhookSettings {
  readonly uuid: string;
  /** A new secret as it is stored, beside which the one from now signs for a while; null leaves it. */
  readonly secret: string | null;
  /** Whether the secret from before signs no more. */
  readonly dropsPrevious: boolean;
}

/** Changes a subscriber; deliveries that wait go by what it is then. @throws BareMetalError `DuplicateName` */
export async function updateWebhook(db: Queryable, change: WebhookChange): Promise<Webhook> {
  const { uuid, name, url, events, secret, dropsPrevious } = change;
  const { rows } = await db
    .query<Webhook>(
      `update webhooks set name = $2::text, url = $3::text, events = $4::text[], updated_at = now(),
         secret = coalesce($5::text, secret),
         secret_changed_at = case when $5::text is null then secret_changed_at else now() end,
         previous_secret = case when $5::text is not null then secret when not $6::boolean then previous_secret end
       where uuid = $1::uuid returning ${COLUMNS}`,
      [uuid, name, url, events, secret, dropsPrevious],
    )
    .catch((error: unknown) => Promise.reject(nameConflict(error, name)));
  const [row] = rows as [Webhook];
  return row;
}

/** Removes a subscriber with what it was not told yet. False when there is none of this name. */
export async function deleteWebhook(db: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from webhooks where name = $1::text', [name]);
  return rowCount === 1;
}

function nameConflict(error: unknown, name: string): unknown {
  if (!(error instanceof pg.DatabaseError) || error.code !== UNIQUE_VIOLATION) return error;
  return new BareMetalError('DuplicateName', `A webhook named "${name}" already exists.`);
}
