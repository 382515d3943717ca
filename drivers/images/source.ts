import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Agent, interceptors, request } from 'undici';
import { BareMetalError } from '../../domain/errors.ts';

/** Bytes of a source from some offset on. */
export interface OpenedSource {
  readonly stream: Readable;
  /** Where the bytes begin: 0 when the source can't begin in the middle. */
  readonly from: number;
  /** Size of the whole, when it is known. */
  readonly totalBytes: number | undefined;
}

/** How a source may be opened. */
export interface OpenSource {
  readonly source: string;
  readonly from: number;
  readonly signal?: AbortSignal | undefined;
  /** Folders from which file:// sources may be read; none by default. */
  readonly fileFolders?: readonly string[] | undefined;
}

/**
 * Opens an http, https or file URL.
 * @throws BareMetalError `ImageNotFound`, `ImageUnreachable`, `InvalidParameterValue`
 */
export function openSource(wanted: OpenSource): Promise<OpenedSource> {
  const url = parseSource(wanted.source);
  return url.protocol === 'file:' ? openFile(url, wanted) : openHttp(url, wanted);
}

/** A source without user, password and query, which may be secret. */
export function nameOfSource(source: string): string {
  if (!URL.canParse(source)) return 'no URL';
  const url = new URL(source);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function parseSource(source: string): URL {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url && ['http:', 'https:', 'file:'].includes(url.protocol)) return url;
  const message = `expected an http, https or file URL, got ${url ? `${url.protocol}//…` : 'no URL'}`;
  throw new BareMetalError('InvalidParameterValue', message);
}

/** One for all downloads: TLS by the system's authorities, redirects followed, dead servers given up. */
const dispatcher = new Agent({ connect: { timeout: 20_000 }, headersTimeout: 60_000, bodyTimeout: 60_000 }).compose(
  interceptors.redirect({ maxRedirections: 5 }),
);

async function openHttp(url: URL, { source, from, signal }: OpenSource): Promise<OpenedSource> {
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  if (url.username !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  const response = await request(url, { dispatcher, headers, signal: signal ?? null }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw unreachable(source, error);
  });
  const { statusCode, body } = response;
  if (statusCode === 200 || statusCode === 206) {
    const begin = statusCode === 206 ? from : 0;
    const length = Number(response.headers['content-length'] ?? Number.NaN);
    return { stream: body, from: begin, totalBytes: Number.isFinite(length) ? begin + length : undefined };
  }
  await body.dump();
  // What is kept is at least as long as the image is now: begin anew.
  if (statusCode === 416 && from > 0) return openHttp(new URL(source), { source, from: 0, signal });
  const code = statusCode >= 500 || statusCode === 408 || statusCode === 429 ? 'ImageUnreachable' : 'ImageNotFound';
  throw new BareMetalError(code, `${nameOfSource(source)}: the server answers HTTP ${statusCode}`);
}

/** The error of a download that could not begin or broke off. */
export function unreachable(source: string, error: unknown): BareMetalError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer';
  return new BareMetalError('ImageUnreachable', `${nameOfSource(source)}: the server can't be read (${code})`);
}

/**
 * The text of a small source; undefined when it is longer than `maxBytes`, whatever the server says of its length.
 * @throws BareMetalError as openSource
 */
export async function readSmall(wanted: Omit<OpenSource, 'from'>, maxBytes: number): Promise<string | undefined> {
  const { stream, totalBytes } = await openSource({ ...wanted, from: 0 });
  const parts: Buffer[] = [];
  let bytes = totalBytes ?? 0;
  try {
    if (bytes > maxBytes) return undefined;
    bytes = 0;
    for await (const part of stream) {
      bytes += (part as Buffer).length;
      if (bytes > maxBytes) return undefined;
      parts.push(part as Buffer);
    }
    return Buffer.concat(parts).toString();
  } catch (error) {
    throw wanted.signal?.aborted ? error : unreachable(wanted.source, error);
  } finally {
    stream.destroy();
  }
}

/** Node reads 64 KiB at a time, which for an image of some gigabytes is mostly waiting for turns. */
const FILE_CHUNK = 2 ** 20;

async function openFile(url: URL, { source, from, fileFolders = [] }: OpenSource): Promise<OpenedSource> {
  const path = await realpath(fileURLToPath(url)).catch(() => undefined);
  const facts = path === undefined ? undefined : await stat(path).catch(() => undefined);
  const folders = await Promise.all(fileFolders.map((folder) => realpath(folder).catch(() => undefined)));
  // Links are resolved first: a link in an allowed folder must not lead out of it.
  const isAllowed = folders.some((folder) => folder !== undefined && path?.startsWith(folder + sep));
  if (path === undefined || !isAllowed || !facts?.isFile()) {
    const where = fileFolders.length > 0 ? `in ${fileFolders.join(', ')}` : 'that this worker may read';
    throw new BareMetalError('ImageNotFound', `${nameOfSource(source)}: no such file ${where}`);
  }
  const start = from <= facts.size ? from : 0;
  return { stream: createReadStream(path, { start, highWaterMark: FILE_CHUNK }), from: start, totalBytes: facts.size };
}
