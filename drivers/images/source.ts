import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Agent, interceptors, request } from 'undici';
import { BareMetalError } from '../../domain/errors.ts';
import { sourceProblem } from '../../domain/image-source.ts';

/** Bytes of a source from some offset on. */
export interface OpenedSource {
  readonly stream: Readable;
  /** Where the bytes begin: 0 when the source can't begin in the middle. */
  readonly from: number;
  /** Size of the whole, when it is known. */
  readonly totalBytes: number | undefined;
}

/** A source, and how a person finds it: by its field, `instance_info/image_source`. */
export interface NamedSource {
  readonly field: string;
  readonly source: string;
}

/** A source, and from where it may come. */
export interface AllowedSource extends NamedSource {
  /** Folders from which file:// sources may be read; none by default. */
  readonly fileFolders?: readonly string[] | undefined;
}

/** How a source may be opened. */
export interface OpenSource extends AllowedSource {
  readonly from: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens an http, https or file URL.
 * @throws BareMetalError `ImageNotFound`, `ImageUnreachable`, `InvalidParameterValue`
 */
export function openSource(wanted: OpenSource): Promise<OpenedSource> {
  const url = parseSource(wanted);
  return url.protocol === 'file:' ? openFile(url, wanted) : openHttp(url, wanted);
}

/**
 * Refuses a source that may not be read, whether or not anything is there: another scheme, a file outside of the
 * allowed folders.
 * @throws BareMetalError `ImageNotFound`, `InvalidParameterValue`
 */
export async function assertAllowedSource(wanted: AllowedSource): Promise<void> {
  const url = parseSource(wanted);
  if (url.protocol === 'file:') await allowedPath(url, wanted);
}

/** A source without user, password and query, which may be secret. */
export function nameOfSource(source: string): string {
  if (!URL.canParse(source)) return 'no URL';
  const url = new URL(source);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** How messages name a source: by its field, and where it is. */
export function labelOf({ field, source }: NamedSource): string {
  return `${field} ${nameOfSource(source)}`;
}

function parseSource({ field, source }: NamedSource): URL {
  const problem = sourceProblem(source);
  if (problem === undefined) return new URL(source);
  throw new BareMetalError('InvalidParameterValue', `${field}: ${problem}`);
}

/** One for all downloads: TLS by the system's authorities, redirects followed, dead servers given up. */
const dispatcher = new Agent({ connect: { timeout: 20_000 }, headersTimeout: 60_000, bodyTimeout: 60_000 }).compose(
  interceptors.redirect({ maxRedirections: 5 }),
);

async function openHttp(url: URL, wanted: OpenSource): Promise<OpenedSource> {
  const { from, signal } = wanted;
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  if (url.username !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  const response = await request(url, { dispatcher, headers, signal: signal ?? null }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw unreachable(wanted, error);
  });
  const { statusCode, body } = response;
  if (statusCode === 200 || statusCode === 206) {
    const begin = statusCode === 206 ? from : 0;
    const length = Number(response.headers['content-length'] ?? Number.NaN);
    return { stream: body, from: begin, totalBytes: Number.isFinite(length) ? begin + length : undefined };
  }
  await body.dump();
  // What is kept is at least as long as the image is now: begin anew.
  if (statusCode === 416 && from > 0) return openHttp(new URL(wanted.source), { ...wanted, from: 0 });
  throw answered(wanted, statusCode);
}

/** What to do about an answer; of any other, nobody but who runs the server knows. */
const ADVICE: Readonly<Record<number, string>> = {
  401: 'put user and password into the URL',
  403: 'let the worker read it, with user and password in the URL if it takes them',
  404: 'put the file there, or correct the URL',
  410: 'put the file there, or correct the URL',
};

function answered(wanted: NamedSource, status: number): BareMetalError {
  const code = status >= 500 || status === 408 || status === 429 ? 'ImageUnreachable' : 'ImageNotFound';
  const advice = ADVICE[status] ?? 'look into the server’s log';
  return new BareMetalError(code, `${labelOf(wanted)}: the server answers HTTP ${status}; ${advice}.`);
}

/** The error of a download that could not begin or broke off. */
export function unreachable(wanted: NamedSource, error: unknown): BareMetalError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer';
  const { host } = new URL(wanted.source);
  const advice = host === '' ? 'look at the disk that it is on' : `see that the worker resolves and reaches ${host}`;
  return new BareMetalError('ImageUnreachable', `${labelOf(wanted)}: it can't be read (${code}); ${advice}.`);
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
    throw wanted.signal?.aborted ? error : unreachable(wanted, error);
  } finally {
    stream.destroy();
  }
}

/** Node reads 64 KiB at a time, which for an image of some gigabytes is mostly waiting for turns. */
const FILE_CHUNK = 2 ** 20;

async function openFile(url: URL, wanted: OpenSource): Promise<OpenedSource> {
  const path = await allowedPath(url, wanted);
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) throw noSuchFile(wanted);
  const start = wanted.from <= facts.size ? wanted.from : 0;
  return { stream: createReadStream(path, { start, highWaterMark: FILE_CHUNK }), from: start, totalBytes: facts.size };
}

/** Where a file is; one that is gone would be where its name says. */
async function allowedPath(url: URL, wanted: AllowedSource): Promise<string> {
  const { fileFolders = [] } = wanted;
  const given = pathOf(url);
  // Links are resolved first: a link in an allowed folder must not lead out of it.
  const real = given && (await realpath(given).catch(() => undefined));
  const path = real ?? given;
  const allowed = fileFolders.map((folder) => resolve(folder));
  const folders = real === undefined ? allowed : await Promise.all(allowed.map(realFolder));
  if (path !== undefined && folders.some((folder) => folder !== undefined && path.startsWith(folder + sep)))
    return path;
  throw noSuchFile(wanted);
}

/** The path of a file URL; undefined when it can have none, as with the name of a host. */
function pathOf(url: URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function realFolder(folder: string): Promise<string | undefined> {
  return realpath(folder).catch(() => undefined);
}

function noSuchFile(wanted: AllowedSource): BareMetalError {
  const { fileFolders = [] } = wanted;
  const where =
    fileFolders.length > 0
      ? `in ${fileFolders.join(', ')} (ANNEAL_IMAGE_FOLDERS of the worker); put it there, or correct the URL`
      : 'that the worker may read; name its folder in ANNEAL_IMAGE_FOLDERS of the worker, or give an http URL';
  return new BareMetalError('ImageNotFound', `${labelOf(wanted)}: no such file ${where}.`);
}
