import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

/** Which call of a vendor method is meant: that of one request on one node. */
export interface VendorCallKey {
  readonly nodeUuid: string;
  readonly requestId: string;
}

/** A call of a vendor method as it is kept. */
export interface VendorCall {
  readonly method: string;
  /** Null once the call has ended. */
  readonly arguments: JsonObject | null;
}

/** Keeps a call that is about to be made; the same request once more changes nothing. What was left of old ones goes. */
export async function putVendorCall(
  db: Queryable,
  call: VendorCallKey & { readonly method: string; readonly arguments: JsonObject },
): Promise<void> {
  await db.query(
    `with old as (delete from vendor_calls where node_uuid = $1::uuid and asked_at < now() - interval '1 hour')
     insert into vendor_calls (node_uuid, request_id, method, arguments)
       values ($1::uuid, $2::text, $3::text, $4::jsonb) on conflict do nothing`,
    [call.nodeUuid, call.requestId, call.method, JSON.stringify(call.arguments)],
  );
}

/** The call, or undefined. */
export async function getVendorCall(
  db: Queryable,
  { nodeUuid, requestId }: VendorCallKey,
): Promise<VendorCall | undefined> {
  const { rows } = await db.query<VendorCall>(
    'select method, arguments from vendor_calls where node_uuid = $1::uuid and request_id = $2::text',
    [nodeUuid, requestId],
  );
  return rows[0];
}

/** Notes what the method answered, and forgets the arguments. */
export async function endVendorCall(
  db: Queryable,
  { nodeUuid, requestId, answer }: VendorCallKey & { readonly answer: unknown },
): Promise<void> {
  await db.query(
    `update vendor_calls set arguments = null, answer = $3::jsonb
      where node_uuid = $1::uuid and request_id = $2::text`,
    [nodeUuid, requestId, JSON.stringify(answer ?? null)],
  );
}

/** Forgets the call and gives what it answered; null when it is not known. */
export async function takeVendorCall(db: Queryable, { nodeUuid, requestId }: VendorCallKey): Promise<unknown> {
  const { rows } = await db.query<{ answer: unknown }>(
    'delete from vendor_calls where node_uuid = $1::uuid and request_id = $2::text returning answer',
    [nodeUuid, requestId],
  );
  return rows[0]?.answer ?? null;
}
