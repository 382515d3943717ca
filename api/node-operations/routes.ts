import { z } from 'zod';
import { listEventsOfRuns } from '../../db/node-events.ts';
import { listOperations, type OperationSummary } from '../../db/operations-read.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isUuid } from '../../domain/ids.ts';
import { ANNEAL_MEDIA, EVENT_STREAM } from '../media.ts';
import { findNode } from '../nodes/change.ts';
import { pageShape } from '../query-values.ts';
import { route, type Answer, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { eventStream } from './event-stream.ts';
import { createEventFeed, type EventFeed } from './feed.ts';
import { operationView } from './present.ts';

const PATH = '/v1/nodes/:node/operations';
const USUAL_LIMIT = 20;
const LARGEST_LIMIT = 100;

/** Operations of a node with everything that was done, and their live progress; only for who asks for Anneal's media type. */
export function nodeOperationRoutes(tools: Tools): Route[] {
  const { db, log } = tools;
  const feed = createEventFeed(db, log);
  const ListQuery = z.strictObject({ limit: pageShape.limit, marker: pageShape.marker });
  return [
    route({
      method: 'get',
      path: PATH,
      rule: 'anneal:operation:get',
      media: [ANNEAL_MEDIA],
      query: ListQuery,
      run: ({ params, query, context }) => showOperations(tools, params['node'] ?? '', query, context),
    }),
    route({
      method: 'get',
      path: `${PATH}/:operation`,
      rule: 'anneal:operation:get',
      media: [ANNEAL_MEDIA],
      run: ({ params, context }) => showOperation(tools, params, context),
    }),
    route({
      method: 'get',
      path: `${PATH}/:operation/events`,
      rule: 'anneal:operation:get',
      media: [EVENT_STREAM, ANNEAL_MEDIA],
      run: ({ params, context }) => followOperation(tools, feed, params, context),
    }),
  ];
}

async function showOperations(
  { db }: Tools,
  nodeName: string,
  { limit = USUAL_LIMIT, marker }: { limit?: number | undefined; marker?: string | undefined },
  context: RequestContext,
): Promise<Answer> {
  const { uuid: nodeUuid } = await findNode(db, nodeName);
  const most = limit === 0 ? USUAL_LIMIT : Math.min(limit, LARGEST_LIMIT);
  const summaries = await listOperations(db, { nodeUuid, limit: most, before: marker });
  const events = await listEventsOfRuns(
    db,
    summaries.map(({ run }) => run),
  );
  const operations = summaries.map((summary) =>
    operationView(nodeUuid, { summary, events: events.filter(({ run }) => run === summary.run) }, context),
  );
  const last = summaries.length === most ? summaries.at(-1) : undefined;
  const next = last && { next: `${context.origin}${context.path}?limit=${most}&marker=${last.run}` };
  return { status: 200, contentType: ANNEAL_MEDIA, body: { operations, ...next } };
}

async function showOperation(
  { db }: Tools,
  params: Readonly<Record<string, string>>,
  context: RequestContext,
): Promise<Answer> {
  const { nodeUuid, summary } = await findOperation(db, params);
  const events = await listEventsOfRuns(db, [summary.run]);
  return { status: 200, contentType: ANNEAL_MEDIA, body: operationView(nodeUuid, { summary, events }, context) };
}

async function followOperation(
  { db }: Tools,
  feed: EventFeed,
  params: Readonly<Record<string, string>>,
  { lastEventId }: RequestContext,
): Promise<Answer> {
  const { summary } = await findOperation(db, params);
  const after = placeOf(lastEventId);
  // A browser asks again whatever a stream ended with, except after a 204 (WHATWG HTML §9.2.3).
  if (!summary.running && (await isSeen(db, summary.run, after))) return { status: 204 };
  return {
    status: 200,
    contentType: EVENT_STREAM,
    stream: (signal) => eventStream(feed, { run: summary.run, after }, signal),
  };
}

async function isSeen(db: Tools['db'], run: string, after: number): Promise<boolean> {
  const last = (await listEventsOfRuns(db, [run])).at(-1);
  return last === undefined || last.id <= after;
}

function placeOf(lastEventId: string | null): number {
  if (lastEventId === null || lastEventId === '') return 0;
  if (/^\d{1,15}$/.test(lastEventId)) return Number(lastEventId);
  throw new BareMetalError('InvalidParameterValue', 'Last-Event-ID is not the id of an event of this stream.');
}

async function findOperation(
  db: Tools['db'],
  params: Readonly<Record<string, string>>,
): Promise<{ nodeUuid: string; summary: OperationSummary }> {
  const { uuid: nodeUuid } = await findNode(db, params['node'] ?? '');
  const run = params['operation'] ?? '';
  const [summary] = isUuid(run) ? await listOperations(db, { nodeUuid, limit: 1, run }) : [];
  if (summary === undefined) {
    throw new BareMetalError('NotFound', `Node ${nodeUuid} has no operation ${run}.`);
  }
  return { nodeUuid, summary };
}
