/** How often each caller may ask. */
export interface RateLimit {
  /** Counts one request. @returns 0 when it may pass, else the seconds until the next one may */
  take(caller: string): number;
  /** As take(), without counting. */
  wait(caller: string): number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

// Callers are remembered while they are among the last so many; one that comes back later begins with a full bucket.
const MAX_CALLERS = 10_000;

/** Nobody is limited. */
const UNLIMITED: RateLimit = { take: () => 0, wait: () => 0 };

/**
 * A token bucket for each caller, in this process: with several api processes each counts for itself.
 * @param limits.perMinute 0: no limit @param limits.burst requests that may come at once
 */
export function createRateLimit(limits: { perMinute: number; burst: number }, now: () => number = Date.now): RateLimit {
  const { perMinute, burst } = limits;
  if (perMinute === 0) return UNLIMITED;
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, Bucket>();
  const filled = (caller: string): Bucket => {
    const bucket = buckets.get(caller) ?? { tokens: burst, filledAtMs: now() };
    bucket.tokens = Math.min(burst, bucket.tokens + (now() - bucket.filledAtMs) * perMs);
    bucket.filledAtMs = now();
    return bucket;
  };
  const secondsOf = ({ tokens }: Bucket): number => (tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs / 1000));
  return {
    wait: (caller) => secondsOf(filled(caller)),
    take(caller) {
      const bucket = filled(caller);
      const seconds = secondsOf(bucket);
      if (seconds === 0) bucket.tokens -= 1;
      buckets.delete(caller);
      const [oldest] = buckets.keys();
      if (buckets.size >= MAX_CALLERS && oldest !== undefined) buckets.delete(oldest);
      buckets.set(caller, bucket);
      return seconds;
    },
  };
}
