import { BareMetalError } from '../domain/errors.ts';
import type { TextRow } from '../db/texts.ts';
import type { ApiConfig } from './config.ts';
import type { RowWriter } from './json-text.ts';
import type { Answer, RequestContext } from './route.ts';

/** How many rows a page may have: what was asked, up to the configured most; 0 and nothing mean the most. */
export function pageLimit(asked: number | undefined, { ANNEAL_API_MAX_LIMIT: most }: ApiConfig): number {
  return asked === undefined || asked === 0 ? most : Math.min(asked, most);
}

const DETAIL_SINCE = 43;

/** `detail` is a wrong parameter before its version, not an unacceptable one. @throws BareMetalError `InvalidParameterValue` */
export function refuseEarlyDetail(version: number, detail: boolean | undefined): void {
  if (detail === undefined || version >= DETAIL_SINCE) return;
  throw new BareMetalError('InvalidParameterValue', `Invalid query parameter ?detail=${detail} received.`);
}

/** One page of a collection, with the link to the next when it is full (as Ironic decides it). */
export function pageOf(
  collection: string,
  rows: readonly TextRow[],
  {
    writer,
    query,
    context,
    limit,
    fields,
  }: {
    writer: RowWriter<string>;
    query: Readonly<Record<string, unknown>>;
    context: RequestContext;
    limit: number;
    /** The fields of a short list: a client that follows the link gets the same again. */
    fields?: readonly string[] | undefined;
  },
): Answer {
  const items = rows.map((row) => writer.write(row)).join(',');
  const marker = rows.length === limit ? rows.at(-1)?.[0] : undefined;
  const link = marker && nextLink({ ...query, fields: query['fields'] ?? fields }, context, { limit, marker });
  const tail = link ? `,"next":${JSON.stringify(link)}` : '';
  return { status: 200, json: `{"${collection}":[${items}]${tail}}` };
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
  return `${context.origin}${context.path}?${words.join('&')}`;
}
