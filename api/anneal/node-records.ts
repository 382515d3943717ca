import { z } from 'zod';
import { listErasures, type StoredErasure } from '../../db/erasures.ts';
import { listOperations, type OperationSummary } from '../../db/operations-read.ts';
import { isUuid, nodeWorkflowId } from '../../domain/ids.ts';
import { findNode } from '../nodes/change.ts';
import { pageLimit } from '../page.ts';
import { pageShape, uuidText } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

/** The proofs of cleaning and the operations of a node. */
export function nodeRecordRoutes({ db, config }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/anneal/v1/nodes/:node/erasures',
      query: z.strictObject({ limit: pageShape.limit, run: uuidText.optional() }),
      run: async ({ params, query }) => {
        const name = params['node'] ?? '';
        // Records outlive their node: a deleted one is still found by its uuid.
        const nodeUuid = isUuid(name) ? name : (await findNode(db, name)).uuid;
        const limit = pageLimit(query.limit, config);
        const erasures = await listErasures(db, {
          nodeUuid,
          limit,
          ...(query.run !== undefined && { run: query.run }),
        });
        return { status: 200, body: { erasures: erasures.map(erasureView) } };
      },
    }),
    route({
      method: 'get',
      path: '/anneal/v1/nodes/:node/operations',
      query: z.strictObject({ limit: pageShape.limit }),
      run: async ({ params, query }) => {
        const node = await findNode(db, params['node'] ?? '');
        const operations = await listOperations(db, { nodeUuid: node.uuid, limit: pageLimit(query.limit, config) });
        return { status: 200, body: { operations: operations.map((one) => operationView(node.uuid, one)) } };
      },
    }),
  ];
}

function erasureView(record: StoredErasure) {
  return {
    uuid: record.uuid,
    node_uuid: record.nodeUuid,
    run: record.run,
    subject: record.subject,
    device: record.device,
    serial: record.serial,
    wwn: record.wwn,
    model: record.model,
    size_bytes: record.sizeBytes,
    method: record.method,
    tool: record.tool,
    verification: record.verification,
    result: record.result,
    reason: record.reason,
    started_at: record.startedAt.toISOString(),
    finished_at: record.finishedAt.toISOString(),
  };
}

function operationView(nodeUuid: string, operation: OperationSummary) {
  return {
    workflow_id: nodeWorkflowId(nodeUuid),
    run: operation.run,
    verb: operation.verb,
    username: operation.username,
    request_id: operation.requestId,
    started_at: operation.startedAt.toISOString(),
    last_event_at: operation.lastEventAt.toISOString(),
    last_event: operation.lastEvent,
    failed: operation.failed,
    running: operation.running,
  };
}
