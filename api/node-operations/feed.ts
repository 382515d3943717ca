import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { listEventsAfter, type EventPlace } from '../../db/node-events.ts';
import type { Queryable } from '../../db/pool.ts';
import type { NodeEvent } from '../../domain/node-events.ts';

/** One look for all followers; none while nobody follows. */
const POLL_MS = 500;

/** The new events of operations, for as many followers as there are. */
export interface EventFeed {
  /**
   * Events of one operation in their order, from `place` on, as they come; an empty list when there was no news for
   * `idleMs`. Ends when `signal` fires.
   */
  follow(place: EventPlace, options: { signal: AbortSignal; idleMs: number }): AsyncGenerator<readonly NodeEvent[]>;
}

interface Follower {
  readonly run: string;
  after: number;
  news: NodeEvent[];
  wake: () => void;
}

/**
 * Reads what is new from PostgreSQL. It is one statement for all followers of this process, and no NOTIFY: that takes a
 * lock on the whole database at each commit of a writer, while few operations are watched at any time.
 */
export function createEventFeed(db: Queryable, log: Logger): EventFeed {
  const followers = new Set<Follower>();
  let looking = false;
  const look = async () => {
    try {
      deliver(followers, await listEventsAfter(db, placesOf(followers)));
    } catch (err) {
      log.warn({ err }, 'new events cannot be read');
    }
  };
  const lookOn = async () => {
    looking = true;
    for (; followers.size > 0; await sleep(POLL_MS)) await look();
    looking = false;
  };
  return {
    async *follow(place, { signal, idleMs }) {
      const follower: Follower = { ...place, news: [], wake: () => {} };
      const leave = () => follower.wake();
      signal.addEventListener('abort', leave);
      followers.add(follower);
      if (!looking) void lookOn();
      try {
        while (!signal.aborted) {
          if (follower.news.length === 0) await nextNews(follower, idleMs);
          const news = follower.news;
          follower.news = [];
          yield news;
        }
      } finally {
        signal.removeEventListener('abort', leave);
        followers.delete(follower);
      }
    },
  };
}

/** One place an operation: that of the follower who is furthest behind. */
function placesOf(followers: ReadonlySet<Follower>): EventPlace[] {
  const places = new Map<string, number>();
  for (const { run, after } of followers) places.set(run, Math.min(after, places.get(run) ?? after));
  return [...places].map(([run, after]) => ({ run, after }));
}

function deliver(followers: ReadonlySet<Follower>, events: readonly NodeEvent[]): void {
  for (const follower of followers) {
    // A look that began earlier may bring again what this follower has.
    const news = events.filter(({ run, id }) => run === follower.run && id > follower.after);
    if (news.length === 0) continue;
    follower.news.push(...news);
    follower.after = news.at(-1)?.id ?? follower.after;
    follower.wake();
  }
}

function nextNews(follower: Follower, idleMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, idleMs);
    follower.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
