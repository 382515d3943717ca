import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { LabError } from './errors.ts';
import { notFound } from './run.ts';

/** flock(1) ends with it when the lock could not be had in time. */
const IN_USE = 75;

/**
 * Does the work while holding a lock file. The kernel holds the lock for a child, which ends with its input, and so
 * with this process however that ends: no lock is left behind, and none has to be told from one that was.
 * @throws LabError when somebody else holds it for so long
 */
export const withLock = async <T>(lock: string, waitMs: number, work: () => Promise<T>): Promise<T> => {
  const release = await acquire(lock, waitMs);
  try {
    return await work();
  } finally {
    await release();
  }
};

const acquire = async (lock: string, waitMs: number): Promise<() => Promise<void>> => {
  const limits = ['--wait', String(waitMs / 1000), '--conflict-exit-code', String(IN_USE)];
  // In a group of its own, so that Ctrl-C leaves it to its parent, which clears away first.
  const holder = spawn('flock', [...limits, lock, 'sh', '-c', 'echo held && exec cat'], { detached: true });
  const ended = new Promise<number | null>((resolve) => holder.once('exit', resolve));
  const failed = new Promise<never>((_, reject) =>
    holder.once('error', (cause) => reject(new LabError(notFound('flock'), { cause }))),
  );
  const said = text(holder.stderr);
  const code = await Promise.race([once(holder.stdout, 'data').then(() => 'held'), ended, failed]);
  if (code === IN_USE) {
    throw new LabError(`Another process has held ${lock} for ${waitMs / 1000} s; lslocks(8) shows which: end it.`);
  }
  if (code !== 'held') throw new LabError(`The lock ${lock} can't be had: ${(await said).trim()}`);
  return async () => {
    holder.stdin.end();
    await ended;
  };
};
