import { isUuid } from '../domain/ids.ts';
import type { Severity } from './history.ts';
import type { Queryable } from './pool.ts';
import { timeText } from './texts.ts';

/** One line of a node's history as it is shown. */
export interface HistoryEntry {
  readonly uuid: string;
  /** UTC with microseconds, `2026-11-23T23:41:28.490604+00:00`. */
  readonly at: string;
  readonly event: string;
  readonly eventType: string;
  readonly severity: Severity;
  readonly conductor: string | null;
  readonly username: string | null;
  readonly requestId: string | null;
  readonly operationRun: string | null;
  readonly project: string | null;
  readonly state: string | null;
  readonly targetProvisionState: string | null;
  /** How long the operation took that ended with this event. */
  readonly durationSeconds: number | null;
}

const COLUMNS = `uuid, ${timeText('at')} as at, event,
  event_type as "eventType", severity, conductor, username, request_id as "requestId", operation_run as "operationRun",
  project, state, target_provision_state as "targetProvisionState", duration_seconds as "durationSeconds"`;

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
    `select ${COLUMNS} from node_history
      where node_uuid = $1::uuid
        and ($2::uuid is null or id > (select id from node_history where uuid = $2::uuid))
      order by id limit $3::integer`,
    [nodeUuid, page.marker, page.limit],
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
    `select ${COLUMNS} from node_history where node_uuid = $1::uuid and uuid = $2::uuid`,
    [entry.nodeUuid, entry.uuid],
  );
  return rows[0];
}
