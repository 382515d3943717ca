import { BareMetalError } from '../domain/errors.ts';
import type { TextRow } from '../db/texts.ts';
import type { ApiConfig } from './config.ts';
import type { RowWriter } from './json-text.ts';
import type { Answer, RequestContext } from './route.ts';

/** How many rows a page may have: what was asked, up to the configured most. */
export function pageLimit(asked: number | undefined, { ANNEAL_API_MAX_LIMIT: most }: ApiConfig): number {
  return Math.min(asked ?? most, most);
}

const DETAIL_SINCE = 43;

/** `detail` is a wrong parameter before its version, not an unacceptable one. @throws BareMetalError `InvalidParameterValue` */
export function refuseEarlyDetail(version: number, detail: boolean | undefined, since = DETAIL_SINCE): void {
  if (detail === undefined || version >= since) return;
  const word = detail ? 'True' : 'False';
  throw new BareMetalError('InvalidParameterValue', `Invalid query parameter ?detail=${word} received.`);
}

/** What a page's link to the next is made of. */
interface PageRequest {
  readonly query: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  readonly limit: number;
  /** The fields of a short list: a client that follows the link gets the same again. */
  readonly fields?: readonly string[] | undefined;
}

/** One page of a collection, with the link to the next when it is full (as Ironic decides it). */
export function pageOf(
  collection: string,
  rows: readonly TextRow[],
  { writer, ...request }: PageRequest & { readonly writer: RowWriter<string> },
): Answer {
  const items = rows.map((row) => writer.write(row)).join(',');
  const last = rows.length === request.limit ? rows.at(-1)?.[0] : undefined;
  return { status: 200, json: `{"${collection}":[${items}]${tailOf(last ?? undefined, request)}}` };
}

const COMMA = 0x2c;

/** The same of rows that are JSON in UTF-8 already; `last` is the uuid of the last one where the page is full. */
export function pageOfWritten(
  collection: string,
  items: readonly Uint8Array[],
  { last, ...request }: PageRequest & { readonly last: string | undefined },
): Answer {
  const head = Buffer.from(`{"${collection}":[`);
  const tail = Buffer.from(`]${tailOf(last, request)}}`);
  const commas = Math.max(items.length - 1, 0);
  const size = items.reduce((sum, item) => sum + item.length, head.length + commas + tail.length);
  const json = Buffer.allocUnsafe(size);
  let at = head.copy(json);
  for (const [index, item] of items.entries()) {
    if (index > 0) json[at++] = COMMA;
    json.set(item, at);
    at += item.length;
  }
  tail.copy(json, at);
  return { status: 200, json };
}

function tailOf(marker: string | undefined, { query, context, limit, fields }: PageRequest): string {
  if (marker === undefined) return '';
  const link = nextLink({ ...query, fields: query['fields'] ?? fields }, context, { limit, marker });
  return `,"next":${JSON.stringify(link)}`;
}

/** The link to the page after the one that ends with `marker`; the other parameters stay. */
export function nextLink(
  query: Readonly<Record<string, unknown>>,
  context: RequestContext,
  { limit, marker }: { limit: number; marker: string },
): string {
  const { limit: _limit, marker: _marker, ...kept } = query;
  const pairs = Object.entries(kept).filter(([, value]) => value !== undefined);
  const words = [...pairs, ['limit', limit] as const, ['marker', marker] as const].map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value)).replaceAll('%2C', ',')}`,
  );
  return `${context.origin}${context.path.replace(/\/+$/, '')}?${words.join('&')}`;
}
