import { z } from 'zod';
import {
  findOperationsOfRequest,
  findRequests,
  listRequestsOfNode,
  type NotedRequest,
  type StartedOperation,
} from '../../db/api-requests.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isUuid, nodeWorkflowId } from '../../domain/ids.ts';
import { findNode } from '../nodes/change.ts';
import { pageLimit } from '../page.ts';
import { pageShape } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

/** Who asked for what, from where: of a request with the workflows that it started, and of a node. */
export function requestRoutes({ db, config }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/anneal/v1/requests/:request',
      rule: 'anneal:request:get',
      run: async ({ params }) => {
        const id = params['request'] ?? '';
        const [requests, operations] = [await findRequests(db, id), await findOperationsOfRequest(db, id)];
        if (requests.length + operations.length === 0) {
          throw new BareMetalError('NotFound', `No request ${id} has changed anything.`);
        }
        const body = { request_id: id, requests: requests.map(requestView), operations: operations.map(operationView) };
        return { status: 200, body };
      },
    }),
    route({
      method: 'get',
      path: '/anneal/v1/nodes/:node/requests',
      rule: 'anneal:request:get_of_node',
      // What was asked of a node outlives it.
      subject: ({ params }) => ({ kind: 'node', ident: params['node'] ?? '', conceals: false }),
      query: z.strictObject({
        limit: pageShape.limit,
        before: z
          .string()
          .regex(/^\d{1,18}$/)
          .optional(),
      }),
      run: async ({ params, query, context }) => {
        const name = params['node'] ?? '';
        const nodeUuid = isUuid(name) ? name : (await findNode(db, name)).uuid;
        const limit = pageLimit(query.limit, config);
        const requests = await listRequestsOfNode(db, nodeUuid, { before: query.before ?? null, limit });
        const last = requests.length === limit ? requests.at(-1) : undefined;
        const next = last && `${context.origin}${context.path}?limit=${limit}&before=${last.id}`;
        return { status: 200, body: { requests: requests.map(requestView), ...(next !== undefined && { next }) } };
      },
    }),
  ];
}

function requestView(request: NotedRequest) {
  const { requestId, at, method, path, status, nodeUuid, username, userId, project, address } = request;
  return {
    request_id: requestId,
    at: at.toISOString(),
    method,
    path,
    status,
    node_uuid: nodeUuid,
    username,
    user_id: userId,
    project,
    address,
  };
}

function operationView({ nodeUuid, run, verb, startedAt }: StartedOperation) {
  return {
    node_uuid: nodeUuid,
    workflow_id: nodeWorkflowId(nodeUuid),
    run,
    verb,
    started_at: startedAt.toISOString(),
  };
}
