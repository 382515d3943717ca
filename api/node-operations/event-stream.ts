import type { NodeEvent } from '../../domain/node-events.ts';
import type { EventFeed } from './feed.ts';
import { eventView } from './present.ts';

/** Proxies cut connections on which nothing comes for a minute or so. */
const HEARTBEAT_MS = 15_000;

/** Which operation is followed, and from where on. */
export interface Followed {
  readonly run: string;
  /** Last-Event-ID of the client; 0 for all. */
  readonly after: number;
}

/**
 * The events of one operation as server-sent events (WHATWG HTML §9.2), until it ends. `id` is what a client gives back
 * as Last-Event-ID after its connection broke.
 */
export async function* eventStream(feed: EventFeed, followed: Followed, signal: AbortSignal): AsyncGenerator<string> {
  yield 'retry: 2000\n\n';
  for await (const events of feed.follow(followed, { signal, idleMs: HEARTBEAT_MS })) {
    yield events.length === 0 ? ': the operation goes on\n\n' : events.map(frame).join('');
    if (events.some(({ type }) => type === 'operation ended')) return;
  }
}

function frame(event: NodeEvent): string {
  return `id: ${event.id}\nevent: ${event.type.replaceAll(' ', '-')}\ndata: ${JSON.stringify(eventView(event))}\n\n`;
}
