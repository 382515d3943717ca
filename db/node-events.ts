import type { NodeEvent } from '../domain/node-events.ts';
import type { Queryable } from './pool.ts';

/** An event that a worker tells; those of the node's row are written by its trigger (migration 0050). */
export type CallEvent = Pick<Extract<NodeEvent, { type: `call ${string}` }>, 'nodeUuid' | 'type' | 'data'> & {
  readonly run: string;
};

/** Writes events in their order, any number in one statement. */
export async function addCallEvents(db: Queryable, events: readonly CallEvent[]): Promise<void> {
  await db.query(
    `insert into node_events (node_uuid, operation_run, type, data)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[])`,
    [
      events.map(({ nodeUuid }) => nodeUuid),
      events.map(({ run }) => run),
      events.map(({ type }) => type),
      events.map(({ data }) => JSON.stringify(data)),
    ],
  );
}

const COLUMNS = `id::float8 as id, node_uuid as "nodeUuid", operation_run as run, at, type, data`;

/** Where somebody is in the events of one operation. */
export interface EventPlace {
  readonly run: string;
  /** The last event that is known; 0 before the first. */
  readonly after: number;
}

/** Longest answer of listEventsAfter for one operation; the next call goes on from there. */
const MOST_EVENTS = 500;

/** What came after these places, in the order of each operation. One place an operation. */
export async function listEventsAfter(db: Queryable, places: readonly EventPlace[]): Promise<NodeEvent[]> {
  const { rows } = await db.query<NodeEvent>(
    `select ${COLUMNS} from unnest($1::uuid[], $2::bigint[]) as place (run, after)
      cross join lateral (select * from node_events e where e.operation_run = place.run and e.id > place.after
        order by e.id limit $3::integer) as found
      order by id`,
    [places.map(({ run }) => run), places.map(({ after }) => after), MOST_EVENTS],
  );
  return rows;
}

/** All events of these operations, oldest first, without what was reported on the way. */
export async function listEventsOfRuns(db: Queryable, runs: readonly string[]): Promise<NodeEvent[]> {
  const { rows } = await db.query<NodeEvent>(
    `select ${COLUMNS} from node_events where operation_run = any($1::uuid[]) and type <> 'call progress' order by id`,
    [runs],
  );
  return rows;
}
