import { z } from 'zod';
import type { Queryable } from '../../db/pool.ts';
import { getDelivery, listDeliveries, retryDeliveries, type Delivery } from '../../db/webhook-deliveries.ts';
import type { Webhook } from '../../db/webhooks.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { DELIVERY_STATES } from '../../domain/webhooks.ts';
import { pageLimit } from '../page.ts';
import { pageShape } from '../query-values.ts';
import { route, type Answer, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findWebhook, WEBHOOKS_PATH } from './webhook.ts';

const PATH = `${WEBHOOKS_PATH}/:webhook/deliveries`;
/** Ids are counted by PostgreSQL (bigint) and shown as JSON numbers. */
const ID = /^\d{1,15}$/;

const ListQuery = z.strictObject({
  limit: pageShape.limit,
  state: z.enum(DELIVERY_STATES).optional(),
  before: z.string().regex(ID, 'expected the id of a delivery').transform(Number).optional(),
});

/** What became of the deliveries of a webhook, and another try for those that were not made. */
export function webhookDeliveryRoutes(tools: Tools): Route[] {
  const { db } = tools;
  return [
    route({
      method: 'get',
      path: PATH,
      rule: 'anneal:webhook:get',
      query: ListQuery,
      run: async ({ params, query, context }) => {
        const { uuid: webhookUuid } = await findWebhook(db, params);
        return await showDeliveries(tools, webhookUuid, { query, context });
      },
    }),
    route({
      method: 'post',
      path: `${PATH}/retry`,
      rule: 'anneal:webhook:update',
      run: async ({ params }) => {
        const { uuid: webhookUuid } = await findWebhook(db, params);
        return { status: 202, body: { deliveries: await retryDeliveries(db, { webhookUuid, id: null }) } };
      },
    }),
    route({
      method: 'get',
      path: `${PATH}/:delivery`,
      rule: 'anneal:webhook:get',
      run: async ({ params }) => {
        const webhook = await findWebhook(db, params);
        return { status: 200, body: deliveryView(await findDelivery(db, webhook, params)) };
      },
    }),
    route({
      method: 'post',
      path: `${PATH}/:delivery/retry`,
      rule: 'anneal:webhook:update',
      run: async ({ params }) => {
        const webhook = await findWebhook(db, params);
        const { id } = await findDelivery(db, webhook, params);
        await retryDeliveries(db, { webhookUuid: webhook.uuid, id });
        return { status: 202, body: deliveryView(await findDelivery(db, webhook, params)) };
      },
    }),
  ];
}

async function showDeliveries(
  { db, config }: Tools,
  webhookUuid: string,
  { query, context }: { query: z.infer<typeof ListQuery>; context: RequestContext },
): Promise<Answer> {
  const { state, before = null } = query;
  const limit = pageLimit(query.limit, config);
  const deliveries = await listDeliveries(db, { webhookUuid, limit, state: state ?? null, before });
  const last = deliveries.length === limit ? deliveries.at(-1) : undefined;
  const kept = state === undefined ? '' : `&state=${encodeURIComponent(state)}`;
  const next = last && { next: `${context.origin}${context.path}?limit=${limit}&before=${last.id}${kept}` };
  return { status: 200, body: { deliveries: deliveries.map(deliveryView), ...next } };
}

/** @throws BareMetalError `NotFound` */
async function findDelivery(
  db: Queryable,
  { uuid: webhookUuid, name }: Webhook,
  params: Readonly<Record<string, string>>,
): Promise<Delivery> {
  const id = params['delivery'] ?? '';
  const found = ID.test(id) ? await getDelivery(db, { webhookUuid, id: Number(id) }) : undefined;
  if (found !== undefined) return found;
  throw new BareMetalError('NotFound', `The webhook "${name}" has no delivery ${id}.`);
}

function deliveryView(delivery: Delivery) {
  const { id, eventId, type, nodeUuid, state, attempts, nextTryAt, lastStatus, lastError, deliveredAt } = delivery;
  return {
    id,
    event_id: eventId,
    type,
    node_uuid: nodeUuid,
    state,
    attempts,
    next_try_at: state === 'waiting' ? nextTryAt.toISOString() : null,
    last_status: lastStatus,
    last_error: lastError,
    delivered_at: deliveredAt?.toISOString() ?? null,
  };
}
