import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a slow machine stalls; below mocha's own limit, so that what did not come is told and not just the limit. */
const PATIENCE_MS = 45_000;

/** What a wait may have of its own. */
export interface Patience {
  readonly everyMs?: number;
  readonly patienceMs?: number;
}

type Given<T> = Exclude<T, false | null | undefined>;

/**
 * Waits for what comes some moments late, and returns it: `read` is asked again until it gives something.
 * @throws Error that says what did not come
 */
export async function until<T>(
  what: string | (() => string),
  read: () => T | Promise<T>,
  { everyMs = 50, patienceMs = PATIENCE_MS }: Patience = {},
): Promise<Given<T>> {
  for (const end = Date.now() + patienceMs; ; await sleep(everyMs)) {
    const value = await read();
    if (value !== undefined && value !== null && value !== false) return value as Given<T>;
    if (Date.now() > end)
      throw new Error(`within ${patienceMs / 1000} s there was not: ${typeof what === 'string' ? what : what()}`);
  }
}

/**
 * Makes an attempt again and again until it succeeds.
 * @throws Error with the last refusal
 */
export async function untilSucceeds(attempt: () => Promise<unknown>, patience?: Patience): Promise<void> {
  let refusal: unknown;
  const succeeds = () =>
    attempt().then(
      () => true,
      (error: unknown) => void (refusal = error),
    );
  await until(() => `success but: ${String(refusal)}`, succeeds, patience);
}
