import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { request } from 'undici';
import type { Queryable } from '../db/pool.ts';
import { noteTry, takeDueDeliveries, type DueDelivery, type Tried } from '../db/webhook-deliveries.ts';
import { isAllowedUrl, MOST_TRIES, pauseAfter } from '../domain/webhooks.ts';
import { openText } from '../temporal/seal.ts';

/** How webhooks are served. */
export interface WebhookSettings {
  /** Hosts that may be reached; none, when nobody named any. */
  readonly allowedHosts: readonly string[];
  /** What secrets are sealed with. */
  readonly payloadKey: Uint8Array | undefined;
  readonly pollMs?: number;
  /** Seconds until the try after the n-th one in vain. */
  readonly pauseAfter?: (attempts: number) => number;
}

const POLL_MS = 2000;
const MOST_AT_ONCE = 32;
const MOST_OF_ONE = 8;
const ANSWER_MS = 10_000;
/** Longer than a try may last: connecting, sending, waiting for the answer. */
const LEASE_S = 60;

/**
 * Delivers what webhooks subscribed to, from the outbox in PostgreSQL, for as long as it isn't stopped. Any number of
 * workers may do so: each delivery is taken by one, and those of a node one after the other.
 * @returns stops it, after the tries under way
 */
export function startWebhooks(db: Queryable, settings: WebhookSettings, log: Logger): () => Promise<void> {
  const underWay = new Set<Promise<void>>();
  const doze = createDoze(settings.pollMs ?? POLL_MS);
  const stopping = new AbortController();
  const begin = (due: DueDelivery): void => {
    const work = deliver(due, settings)
      .then((tried) => noteTry(db, tried))
      .catch((err: unknown) => log.warn({ err, delivery: due.delivery }, 'delivery of a webhook not noted'))
      .finally(() => {
        underWay.delete(work);
        // There is room again, and the next event of the node may go.
        doze.wake();
      });
    underWay.add(work);
  };
  const take = () =>
    takeDueDeliveries(db, { most: MOST_AT_ONCE - underWay.size, mostOfOne: MOST_OF_ONE, leaseS: LEASE_S });
  const serve = async () => {
    while (!stopping.signal.aborted) {
      const due = await take().catch((err: unknown) => {
        log.warn({ err }, 'webhooks not served');
        return [];
      });
      due.forEach(begin);
      if (due.length === 0 || underWay.size >= MOST_AT_ONCE) await doze.sleep();
    }
    await Promise.all(underWay);
  };
  const serving = serve();
  return async () => {
    stopping.abort();
    doze.wake();
    await serving;
  };
}

/** A sleep that somebody may end, also one that is about to begin. */
function createDoze(ms: number) {
  let waking = new AbortController();
  return {
    async sleep(): Promise<void> {
      await sleep(ms, undefined, { signal: waking.signal }).catch(() => {});
      waking = new AbortController();
    },
    wake: () => waking.abort(),
  };
}

async function deliver(due: DueDelivery, settings: WebhookSettings): Promise<Tried> {
  const { delivery, attempts } = due;
  const pauseS = attempts >= MOST_TRIES ? null : (settings.pauseAfter ?? pauseAfter)(attempts);
  try {
    const status = await post(due, settings);
    const error = status >= 200 && status < 300 ? null : `The receiver answered ${status}.`;
    return { delivery, status, error, pauseS };
  } catch (error) {
    return { delivery, status: null, error: error instanceof Error ? error.message : 'failed', pauseS };
  }
}

async function post(due: DueDelivery, { allowedHosts, payloadKey }: WebhookSettings): Promise<number> {
  const { url, secrets, id, nodeUuid, run, at, type, data } = due;
  if (!isAllowedUrl(url, allowedHosts)) throw new Error('ANNEAL_WEBHOOK_HOSTS does not allow this host (any more).');
  const body = JSON.stringify({ id, at: at.toISOString(), type, node_uuid: nodeUuid, operation_uuid: run, data });
  const answer = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anneal-event': type,
      'anneal-delivery': String(due.delivery),
      'anneal-signature': signature(
        body,
        secrets.map((secret) => openText(secret, payloadKey)),
        Math.floor(Date.now() / 1000),
      ),
    },
    body,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
    signal: AbortSignal.timeout(2 * ANSWER_MS),
  });
  // What it says is of no interest; undici follows no redirect by itself.
  await answer.body.dump();
  return answer.statusCode;
}

/**
 * `t=<seconds since 1970>,v1=<hex>`: HMAC-SHA256 (RFC 2104) of the time, a dot and the body; one more `v1` for each
 * further secret. A receiver that checks the time too can't be told the same thing again by somebody who listened.
 */
function signature(body: string, secrets: readonly string[], seconds: number): string {
  const digests = secrets.map((secret) => createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'));
  return [`t=${seconds}`, ...digests.map((digest) => `v1=${digest}`)].join(',');
}
