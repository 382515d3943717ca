import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cachedFactsPath, cachedImagePath, isSha256 } from './cache-layout.ts';
import type { Checksum } from './checksum.ts';

const factsSchema = z.object({
  sha256: z.string(),
  sha512: z.string().optional(),
  format: z.enum(['raw', 'qcow2']),
  sizeBytes: z.number(),
  virtualSizeBytes: z.number(),
  /** Where it came from, without credentials. */
  source: z.string(),
  fetchedAt: z.string(),
});

/** What is known of a cached image. */
export type CachedFacts = z.infer<typeof factsSchema>;

/** Finds an image by its checksum, and counts that as a use. */
export async function findCached(cacheDir: string, checksum: Checksum): Promise<CachedFacts | undefined> {
  const candidates = checksum.algo === 'sha256' ? [checksum.value] : await listCached(cacheDir);
  for (const sha256 of candidates) {
    const facts = await readFacts(cacheDir, sha256);
    if (facts?.[checksum.algo] !== checksum.value) continue;
    const now = new Date();
    await utimes(cachedFactsPath(cacheDir, sha256), now, now);
    return facts;
  }
  return undefined;
}

/** Puts a whole and checked file into the cache; the image appears last, at once. */
export async function putCached(cacheDir: string, file: string, facts: CachedFacts): Promise<void> {
  const place = cachedFactsPath(cacheDir, facts.sha256);
  const draft = `${place}.${process.pid}.draft`;
  await writeFile(draft, JSON.stringify(facts, undefined, 2));
  await rename(draft, place);
  await rename(file, cachedImagePath(cacheDir, facts.sha256));
}

/** What the cache may hold. */
export interface CacheLimits {
  readonly maxBytes: number;
  /** An image used within this time stays, even beyond the limit: an agent may be about to fetch it. */
  readonly keepMs: number;
}

/** Drops images that were not used for longest until the rest fits, and downloads that were given up; returns what went. */
export async function evict(cacheDir: string, { maxBytes, keepMs }: CacheLimits): Promise<string[]> {
  const all = await Promise.all((await listCached(cacheDir)).map((sha256) => usageOf(cacheDir, sha256)));
  const oldestFirst = all.toSorted((a, b) => a.usedAt - b.usedAt);
  let total = oldestFirst.reduce((sum, { bytes }) => sum + bytes, 0);
  const dropped: string[] = [];
  for (const { sha256, bytes, usedAt } of oldestFirst) {
    if (total <= maxBytes || Date.now() - usedAt < keepMs) break;
    // The image first: facts without an image mean nothing, an image without facts would be served.
    await rm(cachedImagePath(cacheDir, sha256), { force: true });
    await rm(cachedFactsPath(cacheDir, sha256), { force: true });
    total -= bytes;
    dropped.push(sha256);
  }
  await dropAbandoned(cacheDir);
  return dropped;
}

const ABANDONED_MS = 7 * 24 * 3600 * 1000;

async function dropAbandoned(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.endsWith('.part')) continue;
    const path = join(cacheDir, name);
    const touched = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - touched > ABANDONED_MS) await rm(path, { force: true });
  }
}

async function listCached(cacheDir: string): Promise<string[]> {
  const names = await readdir(cacheDir);
  return names
    .filter((name) => name.endsWith('.img'))
    .map((name) => name.slice(0, -'.img'.length))
    .filter(isSha256);
}

async function readFacts(cacheDir: string, sha256: string): Promise<CachedFacts | undefined> {
  try {
    const facts = factsSchema.parse(JSON.parse(await readFile(cachedFactsPath(cacheDir, sha256), 'utf8')));
    const { size } = await stat(cachedImagePath(cacheDir, sha256));
    return size === facts.sizeBytes ? facts : undefined;
  } catch {
    return undefined;
  }
}

async function usageOf(cacheDir: string, sha256: string) {
  const image = await stat(cachedImagePath(cacheDir, sha256)).catch(() => undefined);
  const facts = await stat(cachedFactsPath(cacheDir, sha256)).catch(() => undefined);
  return { sha256, bytes: image?.size ?? 0, usedAt: facts?.mtimeMs ?? 0 };
}
