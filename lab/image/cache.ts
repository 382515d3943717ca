import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../lock.ts';

/** Folder of everything that is expensive to build: `ANNEAL_CACHE`, else `~/.cache/anneal`. */
export const cacheDirectory = (env: NodeJS.ProcessEnv = process.env): string =>
  env['ANNEAL_CACHE'] ?? join(homedir(), '.cache', 'anneal');

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Twelve hexadecimal digits that change whenever an input does. */
export const hashOf = (inputs: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const input of inputs) {
    hash.update(`${input.length}:`);
    hash.update(input);
  }
  return hash.digest('hex').slice(0, 12);
};

const LOCK_WAIT_MS = 30 * 60_000;

/** One thing that {@link cached} keeps. */
export interface CacheEntry {
  /** Folder name before the hash. */
  readonly name: string;
  readonly inputs: readonly (string | Uint8Array)[];
  /** Fills the empty folder it is given. */
  readonly build: (directory: string) => Promise<void>;
  readonly cache: string;
  readonly log: (line: string) => void;
}

const buildEntry = async (entry: CacheEntry, target: string): Promise<void> => {
  const began = Date.now();
  const building = await mkdtemp(`${target}.building-`);
  await chmod(building, 0o755);
  try {
    await entry.build(building);
    await rename(building, target);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
  entry.log(`${entry.name} built in ${((Date.now() - began) / 1000).toFixed(1)} s`);
};

/**
 * The folder `<cache>/<name>-<hash of inputs>`, built when it isn't there. Appears whole or not at
 * all; of several processes one builds and the others wait.
 */
export const cached = async (entry: CacheEntry): Promise<string> => {
  const target = join(entry.cache, `${entry.name}-${hashOf(entry.inputs)}`);
  if (await exists(target)) return target;
  await mkdir(entry.cache, { recursive: true });
  await withLock(`${target}.lock`, LOCK_WAIT_MS, async () => {
    if (!(await exists(target))) await buildEntry(entry, target);
  });
  return target;
};
