import { z } from 'zod';
import {
  deleteWebhook,
  getWebhook,
  insertWebhook,
  listDeliveries,
  listWebhooks,
  type Delivery,
  type Webhook,
} from '../../db/webhooks.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isAllowedUrl, WEBHOOK_EVENTS } from '../../domain/webhooks.ts';
import { parsePayloadKey } from '../../temporal/payload-codec.ts';
import { sealText } from '../../temporal/seal.ts';
import { pageLimit } from '../page.ts';
import { pageShape } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import { MASK } from '../secrets.ts';
import type { Tools } from '../tools.ts';
import { resourceName } from './names.ts';

const PATH = '/anneal/v1/webhooks';
const ITEM = `${PATH}/:webhook`;

const NewWebhookBody = z.strictObject({
  name: resourceName,
  url: z.url({ protocol: /^https?$/ }).max(2000),
  secret: z.string().min(16).max(255),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1)
    .default([...WEBHOOK_EVENTS]),
});

/** /anneal/v1/webhooks: who is told of what happens to nodes. Secrets go in and never come out. */
export function webhookRoutes({ db, config }: Tools): Route[] {
  const key = config.ANNEAL_PAYLOAD_KEY === undefined ? undefined : parsePayloadKey(config.ANNEAL_PAYLOAD_KEY);
  const find = async (params: Readonly<Record<string, string>>): Promise<Webhook> => {
    const name = params['webhook'] ?? '';
    const found = await getWebhook(db, name);
    if (found !== undefined) return found;
    throw new BareMetalError('NotFound', `There is no webhook named "${name}".`);
  };
  return [
    route({
      method: 'get',
      path: PATH,
      rule: 'anneal:webhook:get',
      run: async () => ({ status: 200, body: { webhooks: (await listWebhooks(db)).map(webhookView) } }),
    }),
    route({
      method: 'post',
      path: PATH,
      rule: 'anneal:webhook:create',
      bodyName: 'webhook',
      body: NewWebhookBody,
      run: async ({ body, context }) => {
        refuseOtherHosts(body.url, config.ANNEAL_WEBHOOK_HOSTS);
        const made = await insertWebhook(db, { ...body, secret: sealText(body.secret, key) });
        return { status: 201, body: webhookView(made), location: `${context.origin}${PATH}/${made.name}` };
      },
    }),
    route({
      method: 'get',
      path: ITEM,
      rule: 'anneal:webhook:get',
      run: async ({ params }) => ({ status: 200, body: webhookView(await find(params)) }),
    }),
    route({
      method: 'delete',
      path: ITEM,
      rule: 'anneal:webhook:delete',
      run: async ({ params }) => {
        await deleteWebhook(db, (await find(params)).name);
        return { status: 204 };
      },
    }),
    route({
      method: 'get',
      path: `${ITEM}/deliveries`,
      rule: 'anneal:webhook:get',
      query: z.strictObject({ limit: pageShape.limit }),
      run: async ({ params, query }) => {
        const { uuid: webhookUuid } = await find(params);
        const deliveries = await listDeliveries(db, { webhookUuid, limit: pageLimit(query.limit, config) });
        return { status: 200, body: { deliveries: deliveries.map(deliveryView) } };
      },
    }),
  ];
}

/** Whoever may subscribe can't make Anneal knock at doors inside: the operator says which hosts there are. */
function refuseOtherHosts(url: string, allowed: readonly string[]): void {
  if (isAllowedUrl(url, allowed)) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Webhooks may go to ${allowed.length === 0 ? 'no host' : allowed.join(', ')}; ANNEAL_WEBHOOK_HOSTS of api and workers names them.`,
  );
}

function webhookView({ uuid, name, url, events, createdAt }: Webhook) {
  return { uuid, name, url, events, secret: MASK, created_at: createdAt.toISOString() };
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
