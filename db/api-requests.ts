import type { Queryable } from './pool.ts';

/** Who asked for what, from where, and what came of it. */
export interface ApiRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly username: string | null;
  readonly userId: string | null;
  readonly project: string | null;
  readonly address: string | null;
}

/** A request as it was noted, with one of the nodes that it was about. */
export interface NotedRequest extends ApiRequest {
  readonly nodeUuid: string | null;
  readonly at: Date;
}

/** Notes a request for ever: in the history of each node that it was about, or of none. */
export async function noteRequest(db: Queryable, request: ApiRequest, nodeUuids: readonly string[]): Promise<void> {
  await db.query({
    name: 'request-note',
    text: `insert into node_history (node_uuid, event_type, severity, request_id, method, path, status, username, user_id,
        project, address)
      select node, 'request', case when $5::integer >= 500 then 'ERROR' when $5::integer >= 400 then 'WARNING' else 'INFO' end,
        $2::text, $3::text, $4::text, $5::integer, $6::text, $7::text, $8::text, $9::text from unnest($1::uuid[]) as node`,
    values: [
      nodeUuids.length === 0 ? [null] : nodeUuids,
      request.requestId,
      request.method,
      request.path,
      request.status,
      request.username,
      request.userId,
      request.project,
      request.address,
    ],
  });
}

/** The requests of this id, oldest first: a client that asks again may use an id again. */
export async function findRequests(db: Queryable, requestId: string): Promise<NotedRequest[]> {
  const { rows } = await db.query<NotedRequest>(
    `select at, request_id as "requestId", method, path, status, node_uuid as "nodeUuid", username,
       user_id as "userId", project, address from api_requests where request_id = $1::text order by at, id`,
    [requestId],
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
