import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BareMetalError } from '../../domain/errors.ts';
import { cachedImagePath } from './cache-layout.ts';
import { withLock } from './cache-lock.ts';
import { evict, findCached, putCached, type CachedFacts, type CacheLimits } from './cache.ts';
import { IMAGE_FIELD, resolveChecksum, type Checksum } from './checksum.ts';
import { readImageFormat } from './format.ts';
import { assertAllowedSource, labelOf, nameOfSource, openSource, unreachable, type NamedSource } from './source.ts';

/** An image as a node's instance_info names it. */
export interface WantedImage {
  /** http, https or file URL. */
  readonly source: string;
  /** SHA-256 or SHA-512 in hexadecimal, or the URL of a checksum file. */
  readonly checksum: string | undefined;
  /** `sha256` or `sha512`; left out: told from the checksum's length. */
  readonly algo?: string | undefined;
  /** `raw` or `qcow2`; left out: whatever the bytes are. */
  readonly format?: string | undefined;
}

/** How far a download is. */
export interface ImageProgress {
  readonly bytes: number;
  readonly totalBytes: number | undefined;
}

/** Where and how images are kept. */
export interface ImageCache {
  readonly cacheDir: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ImageProgress) => void;
  /** Default 100 GiB; images used within the last hour stay in any case. */
  readonly limits?: CacheLimits;
  /** Folders from which file:// images may be read; none by default. */
  readonly fileFolders?: readonly string[] | undefined;
}

/** An image that is whole, checked, and on this host's disk. */
export interface CachedImage {
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
  readonly sizeBytes: number;
  /** Bytes that it takes on a machine's disk. */
  readonly virtualSizeBytes: number;
  /** Also its name in the boot service: `/images/<sha256>`. */
  readonly sha256: string;
}

const LIMITS: CacheLimits = { maxBytes: 100 * 2 ** 30, keepMs: 3600_000 };

/**
 * Brings an image into the cache and returns it; does nothing when it is there, but for the rules of what may be
 * read, which hold for all sources. Any number of processes may ask at once, one downloads. A download that broke off goes on where it was.
 * @throws BareMetalError `ImageNotFound`, `ImageUnreachable`, `ImageChecksumMissing`, `ImageChecksumMismatch`,
 * `ImageFormatRefused`, `ImageCacheFull`, `InvalidParameterValue`
 */
export async function ensureImage(wanted: WantedImage, cache: ImageCache): Promise<CachedImage> {
  const { cacheDir, signal, fileFolders } = cache;
  await assertAllowedSource({ ...named(wanted), fileFolders });
  const checksum = await resolveChecksum({ ...wanted, signal });
  await mkdir(cacheDir, { recursive: true });
  const facts =
    (await findCached(cacheDir, checksum)) ??
    (await withLock(
      join(cacheDir, `${checksum.algo}-${checksum.value}.lock`),
      // Whoever had the lock before may have brought it.
      async () => (await findCached(cacheDir, checksum)) ?? (await bring(wanted, checksum, cache)),
      { signal },
    ));
  checkDeclared(wanted, facts);
  const { format, sizeBytes, virtualSizeBytes, sha256 } = facts;
  return { path: cachedImagePath(cacheDir, sha256), format, sizeBytes, virtualSizeBytes, sha256 };
}

function named({ source }: WantedImage): NamedSource {
  return { field: IMAGE_FIELD, source };
}

async function bring(wanted: WantedImage, checksum: Checksum, cache: ImageCache): Promise<CachedFacts> {
  const { cacheDir } = cache;
  const part = join(cacheDir, `${checksum.algo}-${checksum.value}.part`);
  const source = nameOfSource(wanted.source);
  const sums = await download(wanted, part, checksum, cache);
  try {
    const { size } = await stat(part);
    const kind = await readImageFormat({
      path: part,
      name: labelOf(named(wanted)),
      sizeBytes: size,
      declared: wanted.format,
    });
    const facts = { ...sums, ...kind, sizeBytes: size, source, fetchedAt: new Date().toISOString() };
    await putCached(cacheDir, part, facts);
    await evict(cacheDir, cache.limits ?? LIMITS);
    return facts;
  } finally {
    await rm(part, { force: true });
  }
}

/** SHA-256 is every image's name in the cache; SHA-512 is reckoned where it was asked for. */
type Sums = Pick<CachedFacts, 'sha256' | 'sha512'>;

/** Downloads into `part`; a resumed download that doesn't add up is done once more from the start. */
async function download(wanted: WantedImage, part: string, checksum: Checksum, cache: ImageCache): Promise<Sums> {
  for (const kept of [await sizeOf(part), 0]) {
    const { sums, resumed } = await fetchFrom(kept, wanted, { part, checksum }, cache);
    if (sums[checksum.algo] === checksum.value) return sums;
    await rm(part, { force: true });
    if (!resumed) throw mismatch(wanted, checksum, sums);
  }
  throw new BareMetalError('InternalError', `${labelOf(named(wanted))}: two downloads from the start`);
}

/** A file that a download fills, and what it must add up to. */
interface Target {
  readonly part: string;
  readonly checksum: Checksum;
}

async function fetchFrom(kept: number, wanted: WantedImage, { part, checksum }: Target, cache: ImageCache) {
  const { signal, fileFolders, onProgress } = cache;
  const opened = await openSource({ ...named(wanted), from: kept, signal, fileFolders });
  const hashes = Object.fromEntries(['sha256', checksum.algo].map((name) => [name, createHash(name)]));
  const resumed = opened.from > 0;
  if (resumed) await hashFile(part, hashes);
  let bytes = opened.from;
  const count = tap((chunk) => {
    for (const hash of Object.values(hashes)) hash.update(chunk);
    bytes += chunk.length;
    onProgress?.({ bytes, totalBytes: opened.totalBytes });
  });
  const target = createWriteStream(part, { flags: resumed ? 'a' : 'w' });
  await pipeline([opened.stream, count, target], { signal }).catch(async (error: unknown) => {
    if (signal?.aborted) throw error;
    throw await transferError(named(wanted), part, error);
  });
  const digests = Object.entries(hashes).map(([name, hash]) => [name, hash.digest('hex')]);
  return { sums: Object.fromEntries(digests) as Sums, resumed };
}

async function hashFile(path: string, hashes: Record<string, Hash>): Promise<void> {
  for await (const chunk of createReadStream(path)) {
    for (const hash of Object.values(hashes)) hash.update(chunk as Buffer);
  }
}

function tap(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

/** What broke a download: the server, or this host's disk. What fills a disk is not kept for later. */
async function transferError(source: NamedSource, part: string, error: unknown): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    await rm(part, { force: true });
    const message = `${labelOf(source)}: the image cache's disk is full; make room or lower the cache's limit.`;
    return new BareMetalError('ImageCacheFull', message);
  }
  const isLocal = error instanceof Error && 'path' in error && error.path === part;
  return isLocal ? error : unreachable(source, error);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function mismatch(wanted: WantedImage, { algo, value }: Checksum, sums: Sums): BareMetalError {
  const message = `${labelOf(named(wanted))}: ${algo} is ${sums[algo]}, but ${value} was given; nothing was written to a disk. Correct the checksum or the file.`;
  return new BareMetalError('ImageChecksumMismatch', message);
}

function checkDeclared(wanted: WantedImage, facts: CachedFacts): void {
  const { format } = wanted;
  if (format === undefined || format === facts.format) return;
  const message = `${labelOf(named(wanted))}: it was declared as ${format}, but it is ${facts.format}; correct image_disk_format.`;
  throw new BareMetalError('ImageFormatRefused', message);
}
