import type { Queryable } from './pool.ts';

/** A row whose columns are PostgreSQL's own text; null where the column is null. */
export type TextRow = readonly (string | null)[];

// Long lists are most of what an API does: values that only pass through are not parsed and written again.
const AS_TEXT = { getTypeParser: () => (value: string) => value };

/** Runs a query and gives the columns as the text that PostgreSQL sends (jsonb stays JSON). */
export async function queryTexts(db: Queryable, text: string, values: readonly unknown[]): Promise<TextRow[]> {
  const { rows } = await db.query<(string | null)[]>({ text, values: [...values], rowMode: 'array', types: AS_TEXT });
  return rows;
}

/** SQL of a `timestamptz` in the words of the API: UTC, with microseconds and its offset. */
export function timeText(column: string): string {
  return `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')`;
}

/** Collects the values of a statement that is put together from parts. */
export class Parameters {
  readonly values: unknown[] = [];

  /** The placeholder of a value, cast to its SQL type. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

/** How a list is ordered and which part of it is wanted. */
export interface Page<Column extends string> {
  readonly sortKey: Column | null;
  readonly descending: boolean;
  /** uuid of the row before the page's first one. */
  readonly marker: string | null;
  readonly limit: number;
}

/**
 * `where … order by … limit` of a keyset page: by the sort expression (null counts as empty), then by id.
 * @param alias of the table `table` in the statement; the expressions in `sort` begin with it
 */
export function pageClauses<Column extends string>(
  page: Page<Column>,
  {
    alias,
    table,
    sort,
    conditions,
    parameters,
  }: {
    alias: string;
    table: string;
    sort: Readonly<Record<Column, string>>;
    conditions: readonly string[];
    parameters: Parameters;
  },
): string {
  const keys = page.sortKey === null ? [] : [`coalesce((${sort[page.sortKey]})::text, '')`];
  const order = [...keys, `${alias}.id`];
  const direction = page.descending ? 'desc' : 'asc';
  const all = [...conditions];
  if (page.marker !== null) {
    const ofMarker = order.map((key) => key.replaceAll(`${alias}.`, 'marker.'));
    all.push(
      `(${order.join(', ')}) ${page.descending ? '<' : '>'}
       (select ${ofMarker.join(', ')} from ${table} marker where marker.uuid = ${parameters.add(page.marker, 'uuid')})`,
    );
  }
  return `${all.length === 0 ? '' : `where ${all.join(' and ')}`}
    order by ${order.map((key) => `${key} ${direction}`).join(', ')} limit ${parameters.add(page.limit, 'integer')}`;
}
