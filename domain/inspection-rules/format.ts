import type { JsonObject } from '../node.ts';
import { isObject } from '../json.ts';

/** Why a text could not be filled in. */
type Failure = 'missing' | 'malformed';

class FormatFailure extends Error {
  readonly why: Failure;

  constructor(why: Failure) {
    super(why);
    this.why = why;
  }
}

// A literal brace, or a replacement field: what it names, a conversion, a format.
const FIELD = /\{\{|\}\}|\{([^{}!:]*)(![^{}:]*)?(:[^{}]*)?\}|[{}]/g;

/**
 * Fills in a text as Python's str.format does with names, `.attribute` and `[key]` (Python library reference,
 * Format String Syntax): that is what rules are written in. A text that can't be filled in stays as it is, as in
 * Ironic; null when `emptyWhenMissing` and a key is missing.
 */
export function fillIn(text: string, context: JsonObject, emptyWhenMissing = false): string | null {
  try {
    return text.replaceAll(FIELD, (whole: string, name?: string, conversion?: string, format?: string) => {
      if (whole === '{{' || whole === '}}') return whole.slice(1);
      if (name === undefined || (format ?? ':') !== ':' || (conversion ?? '!s') !== '!s') {
        throw new FormatFailure('malformed');
      }
      return pythonText(lookUp(name, context));
    });
  } catch (error) {
    if (!(error instanceof FormatFailure)) throw error;
    return error.why === 'missing' && emptyWhenMissing ? null : text;
  }
}

/** As fillIn, in every text at any depth. */
export function fillInAll(value: unknown, context: JsonObject, emptyWhenMissing = false): unknown {
  if (typeof value === 'string') return fillIn(value, context, emptyWhenMissing);
  if (Array.isArray(value)) return value.map((item) => fillInAll(item, context, emptyWhenMissing));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      fillIn(name, context) ?? name,
      fillInAll(inner, context, emptyWhenMissing),
    ]),
  );
}

function lookUp(path: string, context: JsonObject): unknown {
  const [, root = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path) ?? [];
  if (!Object.hasOwn(context, root)) throw new FormatFailure('missing');
  let value: unknown = context[root];
  let isAttributeAllowed = root === 'node';
  for (const [whole, key, attribute] of rest.matchAll(/\[([^\]]*)\]|\.([^.[]+)|.+/gs)) {
    if (key === undefined && (attribute === undefined || !isAttributeAllowed)) throw new FormatFailure('malformed');
    value = memberOf(value, key ?? attribute ?? whole, attribute === undefined ? 'missing' : 'malformed');
    isAttributeAllowed = false;
  }
  return value;
}

function memberOf(value: unknown, key: string, whenMissing: Failure): unknown {
  if (Array.isArray(value)) {
    const item: unknown = /^\d+$/.test(key) ? value[Number(key)] : undefined;
    if (item === undefined) throw new FormatFailure('malformed');
    return item;
  }
  if (!isObject(value)) throw new FormatFailure('malformed');
  if (!Object.hasOwn(value, key)) throw new FormatFailure(whenMissing);
  return value[key];
}

/** A JSON value as Python's str() writes it. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : pythonLiteral(value);
}

const WORDS = new Map<unknown, string>([
  [null, 'None'],
  [undefined, 'None'],
  [true, 'True'],
  [false, 'False'],
]);

function pythonLiteral(value: unknown): string {
  const word = WORDS.get(value);
  if (word !== undefined) return word;
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const pairs = Object.entries(value).map(([name, inner]) => `${quoted(name)}: ${pythonLiteral(inner)}`);
  return `{${pairs.join(', ')}}`;
}

function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (!escaped.includes("'")) return `'${escaped}'`;
  return escaped.includes('"') ? `'${escaped.replaceAll("'", "\\'")}'` : `"${escaped}"`;
}
