import { isUuid } from '../domain/ids.ts';
import type { Severity } from './history.ts';
import type { Queryable } from './pool.ts';
import { timeText } from './texts.ts';

/** One line of a node's history as it is shown: something that happened, or a request. */
export interface HistoryEntry {
  readonly uuid: string;
  /** UTC with microseconds, `2026-11-23T23:41:28.490604+00:00`. */
  readonly at: string;
  /** Null for a request. */
  readonly event: string | null;
  /** The verb of an operation, `request`, `allocation` or `monitoring`. */
  readonly eventType: string;
  readonly severity: Severity;
  readonly conductor: string | null;
  readonly username: string | null;
  readonly project: string | null;
  readonly requestId: string | null;
  /** The operation that it belongs to, or that it started. */
  readonly operationRun: string | null;
  readonly state: string | null;
  readonly targetProvisionState: string | null;
  /** How long the operation took that ended with this event. */
  readonly durationSeconds: number | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly status: number | null;
  readonly userId: string | null;
  readonly address: string | null;
}

/** The operation that a request started, by the line of its claim. */
const STARTED_RUN = `(select s.operation_run from node_history s
  where s.node_uuid = h.node_uuid and s.request_id = h.request_id and s.operation_run is not null limit 1)`;

const COLUMNS = `h.uuid, ${timeText('h.at')} as at, h.event,
  h.event_type as "eventType", h.severity, h.conductor, h.username, h.project, h.state,
  h.target_provision_state as "targetProvisionState", h.duration_seconds as "durationSeconds",
  h.request_id as "requestId", h.method, h.path, h.status, h.user_id as "userId", h.address`;
const PLAIN = `${COLUMNS}, h.operation_run as "operationRun"`;
const LINKED = `${COLUMNS}, coalesce(h.operation_run, ${STARTED_RUN}) as "operationRun"`;

/**
 * One page of a node's history, oldest first.
 * @param page.marker uuid of the line before the first one; one that is not there gives nothing
 */
export async function listHistory(
  db: Queryable,
  nodeUuid: string,
  page: { marker: string | null; limit: number },
): Promise<HistoryEntry[]> {
  const { rows } = await db.query<HistoryEntry>(
    `select ${PLAIN} from node_history h
      where h.node_uuid = $1::uuid
        and ($2::uuid is null or (h.at, h.id) > (select at, id from node_history where uuid = $2::uuid))
      order by h.at, h.id limit $3::integer`,
    [nodeUuid, page.marker, page.limit],
  );
  return rows;
}

/**
 * One page of a node's history, newest first, each request with the operation that it started.
 * @param page.marker uuid of the line before the first one @param page.eventType only lines of this type
 */
export async function listHistoryLinked(
  db: Queryable,
  nodeUuid: string,
  page: { marker: string | null; limit: number; eventType: string | null },
): Promise<HistoryEntry[]> {
  const { rows } = await db.query<HistoryEntry>(
    `select ${LINKED} from node_history h
      where h.node_uuid = $1::uuid and ($4::text is null or h.event_type = $4::text)
        and ($2::uuid is null or (h.at, h.id) < (select at, id from node_history where uuid = $2::uuid))
      order by h.at desc, h.id desc limit $3::integer`,
    [nodeUuid, page.marker, page.limit, page.eventType],
  );
  return rows;
}

/** One line of a node's history, or undefined. */
export async function getHistoryEntry(
  db: Queryable,
  entry: { nodeUuid: string; uuid: string },
): Promise<HistoryEntry | undefined> {
  if (!isUuid(entry.uuid)) return undefined;
  const { rows } = await db.query<HistoryEntry>(
    `select ${PLAIN} from node_history h where h.node_uuid = $1::uuid and h.uuid = $2::uuid`,
    [entry.nodeUuid, entry.uuid],
  );
  return rows[0];
}
