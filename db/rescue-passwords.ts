import type { Queryable } from './pool.ts';

/** Which password is meant: that of one request on one node. */
export interface RescuePasswordKey {
  readonly nodeUuid: string;
  readonly requestId: string;
}

/** A rescue password's hash, and how far it is on its way to the rescue system. */
export interface RescuePassword {
  /** As crypt(3) writes it; null once a rescue system has it. */
  readonly hash: string | null;
  /** The boot whose rescue system was sent the hash. */
  readonly sentTo: string | null;
  /** The boot whose rescue system is known to have it. */
  readonly takenBy: string | null;
}

/** Keeps the hash for a rescue that is about to begin; the same request once more changes nothing. */
export async function putRescuePassword(
  db: Queryable,
  { nodeUuid, requestId, hash }: RescuePasswordKey & { readonly hash: string },
): Promise<void> {
  await db.query(
    `with old as (delete from rescue_passwords where node_uuid = $1::uuid and taken_by is not null)
     insert into rescue_passwords (node_uuid, request_id, hash) values ($1::uuid, $2::text, $3::text)
     on conflict do nothing`,
    [nodeUuid, requestId, hash],
  );
}

/** What is known of the password, or undefined. */
export async function getRescuePassword(
  db: Queryable,
  { nodeUuid, requestId }: RescuePasswordKey,
): Promise<RescuePassword | undefined> {
  const { rows } = await db.query<RescuePassword>(
    `select hash, sent_to as "sentTo", taken_by as "takenBy" from rescue_passwords
      where node_uuid = $1::uuid and request_id = $2::text`,
    [nodeUuid, requestId],
  );
  return rows[0];
}

/** Notes, before it is done, that the hash is sent to the rescue system of this boot; null when it was not sent after all. */
export async function markRescuePasswordSent(
  db: Queryable,
  { nodeUuid, requestId, bootId }: RescuePasswordKey & { readonly bootId: string | null },
): Promise<void> {
  await db.query(
    'update rescue_passwords set sent_to = $3::text where node_uuid = $1::uuid and request_id = $2::text',
    [nodeUuid, requestId, bootId],
  );
}

/** The rescue system of this boot has the password: the hash is forgotten, and the agent is no longer believed. */
export async function markRescuePasswordTaken(
  db: Queryable,
  { nodeUuid, requestId, bootId }: RescuePasswordKey & { readonly bootId: string },
): Promise<void> {
  await db.query(
    `with taken as (
       update rescue_passwords set hash = null, taken_by = $3::text
        where node_uuid = $1::uuid and request_id = $2::text returning node_uuid
     )
     delete from agent_sessions where node_uuid in (select node_uuid from taken) and boot_id = $3::text`,
    [nodeUuid, requestId, bootId],
  );
}

/** Forgets the password; does nothing when there is none. */
export async function deleteRescuePassword(db: Queryable, { nodeUuid, requestId }: RescuePasswordKey): Promise<void> {
  await db.query('delete from rescue_passwords where node_uuid = $1::uuid and request_id = $2::text', [
    nodeUuid,
    requestId,
  ]);
}
