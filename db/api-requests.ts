import { isUuid } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

/** Who asked for what, from where, and what came of it. */
export interface ApiRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly nodeUuid: string | null;
  readonly username: string | null;
  readonly userId: string | null;
  readonly project: string | null;
  readonly address: string | null;
}

/** A request as it was noted. */
export interface NotedRequest extends ApiRequest {
  /** Its place in time, for pages. */
  readonly id: string;
  readonly at: Date;
}

const COLUMNS = `id::text, at, request_id as "requestId", method, path, status, node_uuid as "nodeUuid", username,
  user_id as "userId", project, address`;

/** Notes a request for ever. */
export async function noteRequest(db: Queryable, request: ApiRequest): Promise<void> {
  await db.query({
    name: 'api-request-note',
    text: `insert into api_requests (request_id, method, path, status, node_uuid, username, user_id, project, address)
      values ($1::text, $2::text, $3::text, $4::integer, $5::uuid, $6::text, $7::text, $8::text, $9::text)`,
    values: [
      request.requestId,
      request.method,
      request.path,
      request.status,
      request.nodeUuid,
      request.username,
      request.userId,
      request.project,
      request.address,
    ],
  });
}

/** The uuid that a name stands for while the node is there; null when there is no such node. */
export async function uuidOfNode(db: Queryable, uuidOrName: string): Promise<string | null> {
  if (isUuid(uuidOrName)) return uuidOrName.toLowerCase();
  const { rows } = await db.query<{ uuid: string }>('select uuid from nodes where name = $1::text', [uuidOrName]);
  return rows[0]?.uuid ?? null;
}

/** The requests of this id, oldest first: a client that asks again may use an id again. */
export async function findRequests(db: Queryable, requestId: string): Promise<NotedRequest[]> {
  const { rows } = await db.query<NotedRequest>(
    `select ${COLUMNS} from api_requests where request_id = $1::text order by id`,
    [requestId],
  );
  return rows;
}

/** One page of the requests about a node, newest first. @param page.before `id` of the request before the first one */
export async function listRequestsOfNode(
  db: Queryable,
  nodeUuid: string,
  page: { before: string | null; limit: number },
): Promise<NotedRequest[]> {
  const { rows } = await db.query<NotedRequest>(
    `select ${COLUMNS} from api_requests
      where node_uuid = $1::uuid and ($2::bigint is null or id < $2::bigint) order by id desc limit $3::integer`,
    [nodeUuid, page.before, page.limit],
  );
  return rows;
}

/** An operation that a request started. */
export interface StartedOperation {
  readonly nodeUuid: string;
  readonly run: string;
  readonly verb: string;
  readonly startedAt: Date;
}

/** The operations that requests of this id started. */
export async function findOperationsOfRequest(db: Queryable, requestId: string): Promise<StartedOperation[]> {
  const { rows } = await db.query<StartedOperation>(
    `select node_uuid as "nodeUuid", operation_run as run, min(event_type) as verb, min(at) as "startedAt"
       from node_history where request_id = $1::text and operation_run is not null
      group by node_uuid, operation_run order by min(at)`,
    [requestId],
  );
  return rows;
}
