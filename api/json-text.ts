import type { TextRow } from '../db/texts.ts';
import { maskJsonText } from './secrets.ts';

/** How a column's text becomes JSON. */
export type Encoding =
  /** Any text. */
  | 'text'
  /** A number, a boolean or JSON; null stays null. */
  | 'bare'
  /** A JSON object; null becomes {}. */
  | 'object'
  /** A JSON object whose secrets are masked. */
  | 'masked'
  /** A timestamp in UTC as PostgreSQL writes it. */
  | 'time';

const quote = (text: string | null): string => (text === null ? 'null' : JSON.stringify(text));

// How PostgreSQL writes them.
const BOOLEANS: Readonly<Record<string, string>> = { t: 'true', f: 'false' };

const ENCODERS: Readonly<Record<Encoding, (text: string | null) => string>> = {
  text: quote,
  bare: (text) => (text === null ? 'null' : (BOOLEANS[text] ?? text)),
  object: (text) => text ?? '{}',
  masked: (text) => (text === null ? '{}' : maskJsonText(text)),
  time: (text) => (text === null ? 'null' : `"${isoTime(text)}"`),
};

/** `2026-11-23 23:41:28.490604` in UTC as Ironic shows it: `2026-11-23T23:41:28.490604+00:00`. */
export function isoTime(text: string): string {
  return `${text.replace(' ', 'T')}+00:00`;
}

/** One member of a JSON object: made from a column, or from the whole row (links). */
export type Member<Column extends string> =
  | { readonly name: string; readonly column: Column; readonly as: Encoding | ((text: string | null) => string) }
  | { readonly name: string; readonly json: string }
  | { readonly name: string; readonly of: (uuid: string) => string };

/** Writes rows as JSON objects without parsing them: the columns to ask for, and the writer of one row. */
export interface RowWriter<Column extends string> {
  readonly columns: readonly Column[];
  /** It is used for more than one request, so that what it wrote is worth keeping. */
  readonly isShared?: true;
  write(row: TextRow): string;
}

/** Prepares the writer of the given members; the first column asked for is always `uuid`. */
export function createRowWriter<Column extends string>(members: readonly Member<Column>[]): RowWriter<Column | 'uuid'> {
  const columns: (Column | 'uuid')[] = ['uuid'];
  const parts = members.map((member, index) => {
    const prefix = `${index === 0 ? '{' : ','}${JSON.stringify(member.name)}:`;
    if ('json' in member) return () => prefix + member.json;
    if ('of' in member) return (_row: TextRow, uuid: string) => prefix + member.of(uuid);
    const at = columns.push(member.column) - 1;
    const encode = typeof member.as === 'function' ? member.as : ENCODERS[member.as];
    return (row: TextRow) => prefix + encode(row[at] ?? null);
  });
  return {
    columns,
    write(row) {
      let json = parts.length === 0 ? '{' : '';
      for (const part of parts) json += part(row, row[0] ?? '');
      return `${json}}`;
    },
  };
}

/** Writes `self` and `bookmark` of a resource below `collection`, as JSON; `below` is a path under the resource. */
export function linksWriter(origin: string, collection: string, below = ''): (uuid: string) => string {
  // Escaped once, not for each row: a uuid needs no escaping.
  const text = (url: string): string => JSON.stringify(url).slice(0, -1);
  const self = `[{"href":${text(`${origin}/v1/${collection}/`)}`;
  const bookmark = `${below}","rel":"self"},{"href":${text(`${origin}/${collection}/`)}`;
  const end = `${below}","rel":"bookmark"}]`;
  return (uuid) => self + uuid + bookmark + uuid + end;
}
