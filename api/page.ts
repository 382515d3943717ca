import type { TextRow } from '../db/texts.ts';
import type { ApiConfig } from './config.ts';
import type { RowWriter } from './json-text.ts';
import type { Answer, RequestContext } from './route.ts';

/** How many rows a page may have: what was asked, up to the configured most; 0 and nothing mean the most. */
export function pageLimit(asked: number | undefined, { ANNEAL_API_MAX_LIMIT: most }: ApiConfig): number {
  return asked === undefined || asked === 0 ? most : Math.min(asked, most);
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
  }: {
    writer: RowWriter<string>;
    query: Readonly<Record<string, unknown>>;
    context: RequestContext;
    limit: number;
  },
): Answer {
  const items = rows.map((row) => writer.write(row)).join(',');
  const next = rows.length === limit ? nextLink(query, context, { limit, marker: rows.at(-1)?.[0] ?? '' }) : undefined;
  const tail = next === undefined ? '' : `,"next":${JSON.stringify(next)}`;
  return { status: 200, json: `{"${collection}":[${items}]${tail}}` };
}

function nextLink(
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
