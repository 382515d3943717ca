import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A holder touches its lock this often; one that was not touched for `staleMs` belonged to a process that was killed. */
const TIMES = { touchMs: 5000, staleMs: 30_000, pollMs: 250 };

/**
 * Runs `work` while no other process that shares the folder works under the same lock file. Age decides
 * whether the holder lives, not its process id, so that containers can share a cache.
 */
export async function withLock<T>(
  lockFile: string,
  work: () => Promise<T>,
  { signal, staleMs = TIMES.staleMs }: { readonly signal?: AbortSignal | undefined; readonly staleMs?: number } = {},
): Promise<T> {
  while (!(await takeLock(lockFile, staleMs))) await sleep(TIMES.pollMs, undefined, { signal });
  const touching = setInterval(() => {
    const now = new Date();
    // A lock that is gone was taken for dead: the rename at the end of the work is atomic all the same.
    utimes(lockFile, now, now).catch(() => {});
  }, TIMES.touchMs);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    await rm(lockFile, { force: true });
  }
}

async function takeLock(lockFile: string, staleMs: number): Promise<boolean> {
  try {
    await (await open(lockFile, 'wx')).close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const touched = (await stat(lockFile).catch(() => undefined))?.mtimeMs;
  if (touched !== undefined && Date.now() - touched > staleMs) await rm(lockFile, { force: true });
  return false;
}
