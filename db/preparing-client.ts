import { createHash } from 'node:crypto';
import pg from 'pg';

/** Lists have as many texts as clients think up; beyond this number a text is parsed each time. */
const MAX_NAMED = 500;

const names = new Map<string, string>();

/** The name under which a connection keeps a statement; undefined when there are too many already. */
export function nameOfStatement(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MAX_NAMED) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
  names.set(text, name);
  return name;
}

/**
 * A connection that prepares each statement with parameters once: PostgreSQL then neither parses nor plans it
 * again, which is most of the work of a statement that finds its row by key.
 */
export class PreparingClient extends pg.Client {
  // pg declares `query` by eight overloads; what is looked at here is the form (text, values, …) only.
  override query(...args: never[]): never;
  override query(...[text, ...rest]: unknown[]): unknown {
    const query = super.query.bind(this) as (...args: unknown[]) => unknown;
    const name = typeof text === 'string' && Array.isArray(rest[0]) ? nameOfStatement(text) : undefined;
    return query(name === undefined ? text : { name, text }, ...rest);
  }
}
