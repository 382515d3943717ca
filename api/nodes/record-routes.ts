import { z } from 'zod';
import { getHistoryEntry, listHistory, type HistoryEntry } from '../../db/history-read.ts';
import { getInventory } from '../../db/inventory.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { identOf } from '../ident.ts';
import { pageLimit } from '../page.ts';
import { pageShape, queryBoolean } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { nodeOf } from './find.ts';

/** History and inventory of a node. */
export function recordRoutes(tools: Tools): Route[] {
  return [...historyRoutes(tools), inventoryRoute(tools)];
}

const HISTORY_SINCE = 78;
const PROJECT_SINCE = 113;
const OUTCOME_SINCE = 115;

function historyRoutes({ db, config }: Tools): Route[] {
  const path = '/v1/nodes/:node/history';
  return [
    route({
      method: 'get',
      path,
      since: HISTORY_SINCE,
      rule: 'baremetal:node:history:get',
      query: z.strictObject({ limit: pageShape.limit, marker: pageShape.marker, detail: queryBoolean.optional() }),
      run: async ({ params, query, context }) => {
        const node = await nodeOf(db, params, context);
        const limit = pageLimit(query.limit, config);
        const lines = await listHistory(db, node.uuid, { marker: query.marker ?? null, limit });
        const detail = query.detail ?? false;
        const shown = lines.map((line) => historyView(line, { nodeUuid: node.uuid, detail, context }));
        const last = lines.at(-1);
        const next =
          lines.length === limit && last !== undefined
            ? {
                next: `${context.origin}${context.path}?limit=${limit}&marker=${last.uuid}${detail ? '&detail=true' : ''}`,
              }
            : {};
        return { status: 200, body: { history: shown, ...next } };
      },
    }),
    route({
      method: 'get',
      path: `${path}/:event`,
      since: HISTORY_SINCE,
      rule: 'baremetal:node:history:get',
      run: async ({ params, context }) => {
        const node = await nodeOf(db, params, context);
        const uuid = identOf(params, 'event');
        const line = await getHistoryEntry(db, { nodeUuid: node.uuid, uuid });
        if (line === undefined) {
          throw new BareMetalError('NotFound', `Node history record ${uuid} could not be found.`);
        }
        return { status: 200, body: historyView(line, { nodeUuid: node.uuid, detail: true, context }) };
      },
    }),
  ];
}

function historyView(
  line: HistoryEntry,
  { nodeUuid, detail, context }: { nodeUuid: string; detail: boolean; context: RequestContext },
) {
  const links = [{ href: `${context.origin}/v1/nodes/${nodeUuid}/history/${line.uuid}`, rel: 'self' }];
  const { uuid, at, severity, eventType, conductor, username } = line;
  const event = line.event ?? requestSentence(line);
  const brief = { uuid, created_at: at, severity };
  if (!detail) return { ...brief, event, links };
  const project = context.version >= PROJECT_SINCE ? { project: line.project } : {};
  const outcome = context.version >= OUTCOME_SINCE ? outcomeOf(line) : {};
  return { ...brief, event_type: eventType, event, conductor, user: username, ...project, ...outcome, links };
}

/** A request in the one field that Ironic has for what happened. */
function requestSentence({ method, path, status, username, address, requestId }: HistoryEntry): string {
  return `${method} ${path}: ${status}, by ${username ?? 'somebody'} from ${address ?? 'nowhere'} (${requestId})`;
}

function outcomeOf({ state, targetProvisionState, durationSeconds }: HistoryEntry) {
  return { state, target_provision_state: targetProvisionState, duration_seconds: durationSeconds };
}

function inventoryRoute({ db }: Tools): Route {
  return route({
    method: 'get',
    path: '/v1/nodes/:node/inventory',
    since: 81,
    rule: 'baremetal:node:inventory:get',
    run: async ({ params, context }) => {
      const node = await nodeOf(db, params, context);
      const found = await getInventory(db, node.uuid);
      if (found === undefined) {
        throw new BareMetalError('NotFound', `Node inventory record for node ${node.uuid} could not be found.`);
      }
      return { status: 200, body: { inventory: found.inventory, plugin_data: found.pluginData } };
    },
  });
}
