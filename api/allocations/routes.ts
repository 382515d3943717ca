import { z } from 'zod';
import { allocationTable } from '../../db/allocations.ts';
import { getNode } from '../../db/nodes.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { refuseNewer } from '../microversion.ts';
import { nameOf } from '../nodes/find.ts';
import { uuidText } from '../query-values.ts';
import { notFound, showRecord, ShowQuery } from '../resource/read.ts';
import { patchRoute, readRoutes, refusalOf, showCreated, subjectOf } from '../resource/routes.ts';
import type { Subject } from '../policy/access.ts';
import { route, type Call, type ParsedCall, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { createAllocation, type NewAllocation } from './create.ts';
import { removeAllocation } from './remove.ts';
import { allocations, OWNER_SINCE } from './resource.ts';

const PATCH_SINCE = 57;
const BACKFILL_SINCE = 58;
const { since } = allocations;

/** /v1/allocations and /v1/nodes/{node}/allocation. */
export function allocationRoutes(tools: Tools): Route[] {
  return [
    ...readRoutes(tools, allocations),
    createRoute(tools),
    patchRoute(tools, allocations, {
      since: PATCH_SINCE,
      refusal: { message: 'The API version does not allow updating allocations', status: 405, isFault: true },
    }),
    route({
      method: 'delete',
      path: '/v1/allocations/:ident',
      rule: allocations.access.remove,
      subject: subjectOf(allocations),
      since,
      refusal: refusalOf(allocations, 'delete'),
      query: z.strictObject({}),
      async run({ params }) {
        const ident = params['ident'] ?? '';
        const row = await allocationTable.show(tools.db, ident, ['uuid']);
        if (row?.[0] === undefined || row[0] === null) throw notFound(allocations, ident);
        await removeAllocation(tools.db, row[0]);
        return { status: 204 };
      },
    }),
    ...ofNodeRoutes(tools),
  ];
}

function createRoute(tools: Tools): Route {
  const body = allocations.document.extend({ uuid: uuidText.nullish(), node: z.string().nullish() });
  return route({
    method: 'post',
    path: '/v1/allocations',
    rule: allocations.access.create,
    since,
    refusal: refusalOf(allocations, 'post'),
    bodyName: 'allocation',
    body: body as unknown as z.ZodType<NewAllocation>,
    async run({ body: wish, sent, context }) {
      refuseNewer(context.version, sent, { owner: OWNER_SINCE });
      if (sent.includes('node') && context.version < BACKFILL_SINCE) {
        const message = "Schema error: Additional properties are not allowed ('node' was unexpected)";
        throw new BareMetalError('InvalidParameterValue', message);
      }
      const options = { queues: tools.config.ANNEAL_ALLOCATION_QUEUE, context };
      const uuid = await createAllocation(tools.db, wish, options);
      return await showCreated(tools, allocations, uuid, context);
    },
  });
}

function ofNodeRoutes(tools: Tools): Route[] {
  const path = '/v1/nodes/:node/allocation';
  const uuidOf = async ({ params, context }: Pick<Call<unknown, unknown>, 'params' | 'context'>) =>
    await allocationOf(tools.db, nameOf(params, context));
  const subject = ({ params }: ParsedCall): Subject => ({
    kind: 'allocationOfNode',
    ident: params['node'] ?? '',
    conceals: true,
  });
  return [
    route({
      method: 'get',
      path,
      rule: allocations.access.show,
      subject,
      since,
      query: ShowQuery,
      run: async (call) =>
        showRecord(tools, allocations, await uuidOf(call), { context: call.context, fields: call.query.fields }),
    }),
    route({
      method: 'delete',
      path,
      rule: allocations.access.remove,
      subject,
      since,
      query: z.strictObject({}),
      async run(call) {
        await removeAllocation(tools.db, await uuidOf(call));
        return { status: 204 };
      },
    }),
  ];
}

async function allocationOf(db: Queryable, ident: string): Promise<string> {
  const node = await getNode(db, ident);
  // A sub-resource of a node that isn't there is a bad request to Ironic.
  if (node === undefined) throw new BareMetalError('InvalidParameterValue', `Node ${ident} could not be found.`);
  const page = { sortKey: null, descending: false, marker: null, limit: 1 };
  const [row] = await allocationTable.list(db, {
    texts: ['uuid'],
    filters: { nodeUuid: node.uuid },
    page,
    visibleTo: null,
  });
  if (row?.[0] !== undefined && row[0] !== null) return row[0];
  throw new BareMetalError('NotFound', `Allocation for node ${ident} was not found`);
}
