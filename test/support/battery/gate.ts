import { setTimeout as sleep } from 'node:timers/promises';

/** Lets so many jobs run at the same time; the others wait in their order. */
export type Gate = <T>(job: () => Promise<T>) => Promise<T>;

/** A gate for `width` jobs. */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (job) => {
    if (inside >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside += 1;
    try {
      return await job();
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
}

const PACE_MS = 300;

/** Lets so many jobs begin at a time, however long each takes. */
export function createPace(width: number): Gate {
  const gate = createGate(width);
  return async (job) => {
    const { done } = await gate(async () => {
      const begun = job();
      await Promise.race([begun.catch(() => {}), sleep(PACE_MS)]);
      return { done: begun };
    });
    return await done;
  };
}
