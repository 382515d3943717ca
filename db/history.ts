import type { Queryable } from './pool.ts';

/** How bad an event is, as Ironic spells it. */
export type Severity = 'INFO' | 'WARNING' | 'ERROR';

/** One line of a node's history; never holds a secret. */
export interface HistoryLine {
  readonly nodeUuid: string;
  readonly event: string;
  /** The verb of the operation, or `monitoring`. */
  readonly eventType: string;
  readonly severity: Severity;
  /** Host of the worker that saw it. */
  readonly conductor: string | null;
  readonly username?: string | null;
  readonly requestId?: string | null;
  /** The Temporal run that it belongs to. */
  readonly run?: string | null;
}

/** Adds one line to a node's history. */
export async function addHistory(db: Queryable, line: HistoryLine): Promise<void> {
  await db.query(
    `insert into node_history (node_uuid, event, event_type, severity, conductor, username, request_id, operation_run)
     values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::uuid)`,
    [
      line.nodeUuid,
      line.event,
      line.eventType,
      line.severity,
      line.conductor,
      line.username ?? null,
      line.requestId ?? null,
      line.run ?? null,
    ],
  );
}

/** Adds the line unless this run has written the same words already: safe to call twice. */
export async function addHistoryOnce(db: Queryable, line: HistoryLine & { readonly run: string }): Promise<void> {
  await db.query(
    `insert into node_history (node_uuid, event, event_type, severity, conductor, operation_run)
     select $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::uuid
      where not exists (select from node_history where node_uuid = $1::uuid and operation_run = $6::uuid and event = $2::text)`,
    [line.nodeUuid, line.event, line.eventType, line.severity, line.conductor, line.run],
  );
}
