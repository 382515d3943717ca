import { z } from 'zod';
import { listErasures, type StoredErasure } from '../../db/erasures.ts';
import { lastingUuidOf } from '../nodes/find.ts';
import { pageLimit } from '../page.ts';
import { pageShape, uuidText } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

/** The proofs of cleaning of a node. */
export function nodeRecordRoutes({ db, config }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/anneal/v1/nodes/:node/erasures',
      rule: 'anneal:erasure:get',
      subject: ({ params }) => ({ kind: 'node', ident: params['node'] ?? '', conceals: false }),
      query: z.strictObject({ limit: pageShape.limit, run: uuidText.optional() }),
      run: async ({ params, query }) => {
        const nodeUuid = await lastingUuidOf(db, params);
        const limit = pageLimit(query.limit, config);
        const erasures = await listErasures(db, {
          nodeUuid,
          limit,
          ...(query.run !== undefined && { run: query.run }),
        });
        return { status: 200, body: { erasures: erasures.map(erasureView) } };
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
