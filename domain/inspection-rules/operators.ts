import { BareMetalError } from '../errors.ts';
import type { JsonObject } from '../node.ts';
import { pythonText } from './format.ts';
import { isInNetwork } from './networks.ts';
import { isObject } from '../json.ts';
import type { Signature } from './rule.ts';

/** An operator of a condition: how it is called, and whether it holds. */
export interface Operator extends Signature {
  readonly holds: (args: JsonObject) => boolean;
}

const VALUES = { required: ['values'], optional: ['force_strings'], formatted: ['values'] };
const VALUE = { required: ['value'], formatted: ['value'] };
const PATTERN = { required: ['value', 'regex'], formatted: ['value'] };

/** All operators, as Ironic 39 has them (ironic/common/inspection_rules). */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: { ...VALUES, holds: chain('eq', isSame) },
  lt: { ...VALUES, holds: chain('lt', (a, b) => compare('lt', a, b) < 0) },
  gt: { ...VALUES, holds: chain('gt', (a, b) => compare('gt', a, b) > 0) },
  'is-empty': { ...VALUE, holds: ({ value }) => ['', 'None', '[]', '{}'].includes(pythonText(value)) },
  'in-net': {
    required: ['address', 'subnet'],
    formatted: ['address', 'subnet'],
    holds({ address, subnet }) {
      const isIn = isInNetwork(pythonText(address), pythonText(subnet));
      if (isIn !== undefined) return isIn;
      throw failure('in-net', `${pythonText(address)} or ${pythonText(subnet)} is no address or network`);
    },
  },
  matches: {
    ...PATTERN,
    holds: ({ value, regex }) => pattern(withEnd(pythonText(regex)), 'y').test(pythonText(value)),
  },
  contains: { ...PATTERN, holds: ({ value, regex }) => pattern(pythonText(regex), '').test(pythonText(value)) },
  'one-of': {
    ...VALUE,
    optional: ['values'],
    holds: ({ value, values }) => Array.isArray(values) && values.some((item) => isSame(item, value)),
  },
  'is-none': { ...VALUE, holds: ({ value }) => value === null || value === undefined },
  'is-true': { ...VALUE, holds: ({ value }) => truth(value, ['yes', 'true']) },
  'is-false': {
    ...VALUE,
    holds: ({ value }) => (typeof value === 'string' ? truth(value, ['no', 'false']) : isFalsy(value)),
  },
};

/** An operator without its sign, and whether the sign turns it round. */
export function parseOperator(op: string): { name: string; isInverted: boolean } {
  const [, sign = '', name = ''] = /^\s*(!?)\s*(.*?)\s*$/.exec(op) ?? [];
  return { name, isInverted: sign === '!' };
}

/** Each value and the next must hold. */
function chain(name: string, pair: (a: unknown, b: unknown) => boolean): Operator['holds'] {
  return ({ values, force_strings: areStrings }) => {
    if (!Array.isArray(values)) throw failure(name, `a list is expected for 'values'`);
    const items: unknown[] = areStrings === true ? values.map(pythonText) : values;
    return items.slice(1).every((item, index) => pair(items[index], item));
  };
}

function compare(name: string, a: unknown, b: unknown): number {
  const [x, y] = [comparable(a), comparable(b)];
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  if (typeof x !== 'string' || typeof y !== 'string') {
    throw failure(name, `${pythonText(a)} and ${pythonText(b)} can't be compared`);
  }
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

const comparable = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

/** As Python's ==: true is 1, and lists and objects are compared by what is in them. */
export function isSame(a: unknown, b: unknown): boolean {
  const [x, y] = [comparable(a), comparable(b)];
  if (Array.isArray(x) && Array.isArray(y)) {
    return x.length === y.length && x.every((item, index) => isSame(item, y[index]));
  }
  if (!isObject(x) || !isObject(y)) return x === y;
  const names = Object.keys(x);
  return (
    names.length === Object.keys(y).length && names.every((name) => Object.hasOwn(y, name) && isSame(x[name], y[name]))
  );
}

function truth(value: unknown, words: readonly string[]): boolean {
  if (typeof value === 'string') return words.includes(value.toLowerCase());
  return (typeof value === 'boolean' || typeof value === 'number') && Boolean(value);
}

function isFalsy(value: unknown): boolean {
  return value === null || value === undefined || value === false || value === 0;
}

function withEnd(regex: string): string {
  return regex.endsWith('$') ? regex : `${regex}$`;
}

/** A pattern in Python's spelling: `(?P<name>` and a leading `(?i)` are written differently here. */
export function pattern(regex: string, flags: '' | 'y'): RegExp {
  const [, letters = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(regex) ?? [];
  try {
    return new RegExp(rest.replaceAll('(?P<', '(?<'), `${letters}${flags}`);
  } catch (error) {
    throw failure('regex', `invalid regular expression: ${regex}`, error);
  }
}

function failure(name: string, reason: string, cause?: unknown): BareMetalError {
  return new BareMetalError('InspectionRuleFailed', `Condition ${name}: ${reason}.`, { cause });
}
