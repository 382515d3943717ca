import { z } from 'zod';
import type { Queryable } from '../../db/pool.ts';
import { getWebhook, type Webhook } from '../../db/webhooks.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isAllowedUrl, WEBHOOK_EVENTS } from '../../domain/webhooks.ts';
import { MASK } from '../secrets.ts';
import { resourceName } from './names.ts';

/** The path of webhooks. */
export const WEBHOOKS_PATH = '/anneal/v1/webhooks';

/** What a client says of a webhook. */
export const WebhookBody = z.strictObject({
  name: resourceName,
  url: z.url({ protocol: /^https?$/ }).max(2000),
  secret: z.string().min(16).max(255),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1)
    .default([...WEBHOOK_EVENTS]),
});

/** The webhook that a path names. @throws BareMetalError `NotFound` */
export async function findWebhook(db: Queryable, params: Readonly<Record<string, string>>): Promise<Webhook> {
  const name = params['webhook'] ?? '';
  const found = await getWebhook(db, name);
  if (found !== undefined) return found;
  throw noWebhook(name);
}

/** What is said of a webhook that isn't there. */
export function noWebhook(name: string): BareMetalError {
  return new BareMetalError('NotFound', `There is no webhook named "${name}".`);
}

/**
 * Whoever may subscribe can't make Anneal knock at doors inside: the operator says which hosts there are.
 * @throws BareMetalError `InvalidParameterValue`
 */
export function refuseOtherHosts(url: string, allowed: readonly string[]): void {
  if (isAllowedUrl(url, allowed)) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Webhooks may go to ${allowed.length === 0 ? 'no host' : allowed.join(', ')}; ANNEAL_WEBHOOK_HOSTS of api and workers names them.`,
  );
}

/** A webhook as the API shows it: of its secrets only that they are there. */
export function webhookView({ uuid, name, url, events, previousSecretUntil, createdAt, updatedAt }: Webhook) {
  return {
    uuid,
    name,
    url,
    events,
    secret: MASK,
    previous_secret: previousSecretUntil === null ? null : MASK,
    previous_secret_until: previousSecretUntil?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt?.toISOString() ?? null,
  };
}
