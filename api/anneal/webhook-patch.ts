import type pg from 'pg';
import { z } from 'zod';
import { inTransaction } from '../../db/pool.ts';
import { lockWebhook, updateWebhook, type Webhook } from '../../db/webhooks.ts';
import { patchDocument } from '../json-patch.ts';
import type { PatchBody } from '../nodes/schemas.ts';
import { parseInput } from '../parse-input.ts';
import { MASK } from '../secrets.ts';
import { noWebhook, WebhookBody } from './webhook.ts';

/** A webhook as it is patched: a mask stands for the secret that is there. */
const PatchedWebhook = WebhookBody.extend({
  secret: z
    .string()
    .max(255)
    .refine((text) => text === MASK || text.length >= 16, 'expected 16 to 255 characters'),
  previous_secret: z
    .literal(MASK, { error: 'it can only be removed; it is what `secret` was before' })
    .nullable()
    .default(null),
});

/** What a patch needs to know besides. */
export interface PatchTools {
  readonly patch: PatchBody;
  /** A secret as it is stored. */
  readonly seal: (secret: string) => string;
  /** Refuses a URL that may not be called. */
  readonly check: (url: string) => void;
}

/**
 * Changes a webhook by a JSON patch, under a row lock. A new secret signs at once, beside the one from before for a day;
 * removing `/previous_secret` ends that.
 * @throws BareMetalError `NotFound`, `InvalidParameterValue`, `DuplicateName`
 */
export async function patchWebhook(db: pg.Pool, name: string, { patch, seal, check }: PatchTools): Promise<Webhook> {
  return await inTransaction(db, async (client) => {
    const before = await lockWebhook(client, name);
    if (before === undefined) throw noWebhook(name);
    const shown = {
      name: before.name,
      url: before.url,
      events: before.events,
      secret: MASK,
      ...(before.previousSecretUntil !== null && { previous_secret: MASK }),
    };
    const patched = patchDocument(shown, patch, Object.keys(PatchedWebhook.shape));
    const document = parseInput(PatchedWebhook, patched, 'patch') as z.infer<typeof PatchedWebhook>;
    const { previous_secret: previous, secret, ...settings } = document;
    check(settings.url);
    return await updateWebhook(client, {
      ...settings,
      uuid: before.uuid,
      secret: secret === MASK ? null : seal(secret),
      dropsPrevious: previous === null,
    });
  });
}
