import { createHash } from 'node:crypto';

interface Entry<Value> {
  readonly value: Promise<Value>;
  untilMs: number;
}

/** Remembers for a bounded time and number what was found out about a token; of the tokens themselves only digests. */
export interface TokenCache<Value> {
  /**
   * What is remembered, else what `find` finds out; who asks meanwhile waits for the same answer. A failure is not
   * remembered.
   */
  get(token: string, find: () => Promise<Value>): Promise<Value>;
}

/**
 * @param limits.forMs how long an answer is good: as long a revoked token may still pass
 * @param limits.most how many are kept; the oldest go first
 */
export function createTokenCache<Value>(limits: { forMs: number; most: number }): TokenCache<Value> {
  // In the order of their arrival, which is also that of their end.
  const entries = new Map<string, Entry<Value>>();
  return {
    get(token, find) {
      const key = createHash('sha256').update(token).digest('base64');
      const known = entries.get(key);
      if (known !== undefined && known.untilMs > Date.now()) return known.value;
      entries.delete(key);
      const [oldest] = entries.keys();
      if (entries.size >= limits.most && oldest !== undefined) entries.delete(oldest);
      const value = find();
      const entry = { value, untilMs: Number.POSITIVE_INFINITY };
      entries.set(key, entry);
      value.then(
        () => (entry.untilMs = Date.now() + limits.forMs),
        () => entries.get(key) === entry && entries.delete(key),
      );
      return value;
    },
  };
}
