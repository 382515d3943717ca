import {
  CALLER_ATTRIBUTES,
  TARGET_ATTRIBUTES,
  type CallerAttribute,
  type Check,
  type Operand,
  type TargetAttribute,
} from './check.ts';

const MAX_DEPTH = 50;

/**
 * Reads a check: `@` and the empty text allow, `!` refuses, `role:`, `rule:` and attributes of the caller compare,
 * `not` binds closest, then `and`, then `or` (oslo.policy's language).
 * @throws Error that says which word doesn't fit and what would
 */
export function parseCheck(text: string): Check {
  if (text.trim() === '') return { kind: 'always' };
  const reader = new WordReader(wordsOf(text));
  const check = parseChain(reader, 'or', 0);
  const rest = reader.take();
  if (rest !== undefined) throw new Error(`"${rest}" is not expected here; "and" or "or" may join two checks`);
  return check;
}

class WordReader {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  take(): string | undefined {
    const word = this.#words[this.#at];
    this.#at += 1;
    return word;
  }

  /** Takes the next word if it is this one, in either case as oslo.policy does. */
  takes(expected: string): boolean {
    if (this.#words[this.#at]?.toLowerCase() !== expected) return false;
    this.#at += 1;
    return true;
  }
}

/** Parentheses are words of their own, except those of `%(attribute)s`. */
function wordsOf(text: string): string[] {
  return text.match(/(?:%\([^()\s]*\)s|[^\s()])+|[()]/g) ?? [];
}

function parseChain(reader: WordReader, kind: 'and' | 'or', depth: number): Check {
  if (depth > MAX_DEPTH) throw new Error(`the check is nested deeper than ${MAX_DEPTH} levels`);
  const next = (): Check => (kind === 'or' ? parseChain(reader, 'and', depth) : parseOne(reader, depth));
  const checks = [next()];
  while (reader.takes(kind)) checks.push(next());
  const [only] = checks;
  return checks.length === 1 && only !== undefined ? only : { kind, checks };
}

function parseOne(reader: WordReader, depth: number): Check {
  if (depth > MAX_DEPTH) throw new Error(`the check is nested deeper than ${MAX_DEPTH} levels`);
  if (reader.takes('not')) return { kind: 'not', check: parseOne(reader, depth + 1) };
  if (reader.takes('(')) {
    const inner = parseChain(reader, 'or', depth + 1);
    if (!reader.takes(')')) throw new Error('a ")" is missing');
    return inner;
  }
  const word = reader.take();
  if (word === undefined) throw new Error('a check is missing at the end');
  if (word === '@') return { kind: 'always' };
  if (word === '!') return { kind: 'never' };
  return parseComparison(word);
}

function parseComparison(word: string): Check {
  const [, kind, match] = /^([^:]+):(.+)$/.exec(word) ?? [];
  if (kind === undefined || match === undefined) {
    throw new Error(`"${word}" is no check; expected role:…, rule:…, <attribute>:…, @ or !`);
  }
  if (kind === 'rule') return { kind: 'rule', name: match };
  if (kind === 'role') return { kind: 'role', role: parseOperand(match) };
  if (isOneOf(CALLER_ATTRIBUTES, kind)) return { kind: 'attribute', attribute: kind, value: parseOperand(match) };
  throw new Error(`"${kind}" is no attribute of a caller; there are ${CALLER_ATTRIBUTES.join(', ')}`);
}

function parseOperand(text: string): Operand {
  const [, name] = /^%\((.*)\)s$/.exec(text) ?? [];
  if (name === undefined && !text.includes('%(')) return { text };
  const known: readonly (TargetAttribute | CallerAttribute)[] = [...TARGET_ATTRIBUTES, ...CALLER_ATTRIBUTES];
  if (name !== undefined && isOneOf(known, name)) return { of: name };
  throw new Error(`"${text}" compares with nothing known; there are ${known.map((one) => `%(${one})s`).join(', ')}`);
}

function isOneOf<Word extends TargetAttribute | CallerAttribute>(words: readonly Word[], word: string): word is Word {
  return (words as readonly string[]).includes(word);
}
