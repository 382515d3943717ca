import { z } from 'zod';
import { listHistoryLinked, type HistoryEntry } from '../../db/history-read.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { lastingUuidOf } from '../nodes/find.ts';
import { nextLink, pageLimit } from '../page.ts';
import { pageShape } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

/** Everything that was asked of a node and done to it, newest first; Ironic's own history shows the same in fewer words. */
export function nodeHistoryRoutes({ db, config }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/anneal/v1/nodes/:node/history',
      rule: 'anneal:node:history:get',
      subject: ({ params }) => ({ kind: 'node', ident: params['node'] ?? '', conceals: false }),
      query: z.strictObject({
        limit: pageShape.limit,
        marker: pageShape.marker,
        type: z.string().optional(),
      }),
      run: async ({ params, query, context }) => {
        const nodeUuid = await lastingUuidOf(db, params);
        const limit = pageLimit(query.limit, config);
        const page = { limit, marker: query.marker ?? null, eventType: query.type ?? null };
        const lines = await listHistoryLinked(db, nodeUuid, page);
        const last = lines.length === limit ? lines.at(-1) : undefined;
        const next = last && { next: nextLink(query, context, { limit, marker: last.uuid }) };
        return { status: 200, body: { history: lines.map((line) => lineView(nodeUuid, line)), ...next } };
      },
    }),
  ];
}

function lineView(nodeUuid: string, line: HistoryEntry) {
  const { uuid, at, eventType, severity, event, requestId, username, userId, project, operationRun } = line;
  return {
    uuid,
    at,
    type: eventType,
    severity,
    event,
    request: requestOf(line),
    request_id: requestId,
    username,
    user_id: userId,
    project,
    operation: operationRun === null ? null : { workflow_id: nodeWorkflowId(nodeUuid), run_id: operationRun },
    host: line.conductor,
    state: line.state,
    target_provision_state: line.targetProvisionState,
    duration_seconds: line.durationSeconds,
  };
}

/** What was asked and what came of it, where the line is a request. */
function requestOf({ method, path, status, address }: HistoryEntry) {
  return method === null ? null : { method, path, status, address };
}
