import { deleteWebhook, insertWebhook, listWebhooks } from '../../db/webhooks.ts';
import { parsePayloadKey } from '../../temporal/payload-codec.ts';
import { sealText } from '../../temporal/seal.ts';
import { PatchBody } from '../nodes/schemas.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findWebhook, refuseOtherHosts, WebhookBody, WEBHOOKS_PATH, webhookView } from './webhook.ts';
import { patchWebhook } from './webhook-patch.ts';

const ITEM = `${WEBHOOKS_PATH}/:webhook`;

/** /anneal/v1/webhooks: who is told of what happens to nodes. Secrets go in and never come out. */
export function webhookRoutes({ db, config }: Tools): Route[] {
  const key = config.ANNEAL_PAYLOAD_KEY === undefined ? undefined : parsePayloadKey(config.ANNEAL_PAYLOAD_KEY);
  const seal = (secret: string): string => sealText(secret, key);
  const check = (url: string): void => refuseOtherHosts(url, config.ANNEAL_WEBHOOK_HOSTS);
  return [
    route({
      method: 'get',
      path: WEBHOOKS_PATH,
      rule: 'anneal:webhook:get',
      run: async () => ({ status: 200, body: { webhooks: (await listWebhooks(db)).map(webhookView) } }),
    }),
    route({
      method: 'post',
      path: WEBHOOKS_PATH,
      rule: 'anneal:webhook:create',
      bodyName: 'webhook',
      body: WebhookBody,
      run: async ({ body, context }) => {
        check(body.url);
        const made = await insertWebhook(db, { ...body, secret: seal(body.secret) });
        return { status: 201, body: webhookView(made), location: `${context.origin}${WEBHOOKS_PATH}/${made.name}` };
      },
    }),
    route({
      method: 'get',
      path: ITEM,
      rule: 'anneal:webhook:get',
      run: async ({ params }) => ({ status: 200, body: webhookView(await findWebhook(db, params)) }),
    }),
    route({
      method: 'patch',
      path: ITEM,
      rule: 'anneal:webhook:update',
      bodyName: 'patch',
      body: PatchBody,
      run: async ({ params, body: patch }) => {
        const changed = await patchWebhook(db, params['webhook'] ?? '', { patch, seal, check });
        return { status: 200, body: webhookView(changed) };
      },
    }),
    route({
      method: 'delete',
      path: ITEM,
      rule: 'anneal:webhook:delete',
      run: async ({ params }) => {
        await deleteWebhook(db, (await findWebhook(db, params)).name);
        return { status: 204 };
      },
    }),
  ];
}
