import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';
import { startTicksOf } from './processes.ts';

const holderLives = async (lock: string): Promise<boolean> => {
  const [pid, ticks] = (await readFile(lock, 'utf8').catch(() => '')).split(' ').map(Number);
  return pid !== undefined && ticks !== undefined && pid > 0 && (await startTicksOf(pid)) === ticks;
};

const tryLock = async (lock: string): Promise<boolean> => {
  const ticks = await startTicksOf(process.pid);
  return writeFile(lock, `${process.pid} ${ticks}`, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
};

const acquire = async (lock: string, waitMs: number): Promise<void> => {
  for (const deadline = Date.now() + waitMs; Date.now() < deadline;) {
    if (await tryLock(lock)) return;
    if (await holderLives(lock)) await sleep(300);
    else await rm(lock, { force: true });
  }
  throw new LabError(
    `Another process has held ${lock} for ${waitMs / 1000} s; end it, or remove the file if it is gone.`,
  );
};

/** Does the work while holding a lock file; the lock of a dead process is taken over. */
export const withLock = async <T>(lock: string, waitMs: number, work: () => Promise<T>): Promise<T> => {
  await acquire(lock, waitMs);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
};
