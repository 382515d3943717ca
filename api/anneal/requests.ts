import {
  findOperationsOfRequest,
  findRequests,
  type NotedRequest,
  type StartedOperation,
} from '../../db/api-requests.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

/** Who asked for what, from where, with the workflows that it started; one line for each node that it was about. */
export function requestRoutes({ db }: Tools): Route[] {
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
