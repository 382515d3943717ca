import { BareMetalError } from './errors.ts';
import type { JsonObject } from './node.ts';

/** A disk as the agent lists it (BlockDevice of ironic-python-agent); sizes in bytes. */
export interface Disk {
  readonly name: string;
  readonly size: number;
  readonly [property: string]: unknown;
}

/** Tells whether a disk is meant. */
export type DiskMatcher = (disk: Disk) => boolean;

type HintType = 'integer' | 'string' | 'boolean';

/** Ironic's root device hints (ironic-python-agent, device_hints.py). */
const HINT_TYPES: Readonly<Record<string, HintType>> = {
  size: 'integer',
  model: 'string',
  wwn: 'string',
  serial: 'string',
  vendor: 'string',
  wwn_with_extension: 'string',
  wwn_vendor_extension: 'string',
  name: 'string',
  rotational: 'boolean',
  hctl: 'string',
  by_path: 'string',
  tran: 'string',
};

const GIB = 2 ** 30;

/**
 * Compiles root device hints into a test of one disk; all hints must match.
 * Values: `<op> value`, `<or> a <or> b`, `<all-in> a b`, or a bare value, which means equal.
 * @throws BareMetalError `InvalidParameterValue` for an unknown hint or a malformed value
 */
export function matcherOf(hints: JsonObject): DiskMatcher {
  const all = Object.entries(hints).map(([name, expression]) => matcherOfHint(name, expression));
  return (disk) => all.every((matches) => matches(disk));
}

function matcherOfHint(name: string, expression: unknown): DiskMatcher {
  const type = Object.hasOwn(HINT_TYPES, name) ? HINT_TYPES[name] : undefined;
  if (type === undefined) throw invalidHint('root_device', `one of ${Object.keys(HINT_TYPES).join(', ')}`, name);
  if (type === 'boolean') {
    const wanted = toBoolean(name, expression);
    return (disk) => disk[name] === wanted;
  }
  const test = testOf(name, type, expression);
  if (type === 'integer') return (disk) => test(String(disk.size / GIB));
  return (disk) => valuesOf(disk[name]).some(test);
}

/** What the disk has: one string, or several where a disk has several serials or WWNs; compared in lower case. */
function valuesOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list
    .filter((item) => typeof item === 'string')
    .map((item) => item.trim().toLowerCase())
    .filter(Boolean);
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  on: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  off: false,
  '0': false,
};

function toBoolean(name: string, expression: unknown): boolean {
  const value = BOOLEANS[String(expression).trim().toLowerCase()];
  if (value === undefined) throw invalidHint(`root_device/${name}`, 'true or false', expression);
  return value;
}

type Comparison = (actual: string, wanted: string) => boolean;
const asNumbers = (compare: (a: number, b: number) => boolean): Comparison => {
  return (actual, wanted) => compare(Number(actual), Number(wanted));
};

/** Operators of one value (oslo.utils, specs_matcher.py); `=` means at least, as it always did there. */
const COMPARISONS: readonly (readonly [operator: string, compare: Comparison])[] = [
  ['s==', (a, b) => a === b],
  ['s!=', (a, b) => a !== b],
  ['s<=', (a, b) => a <= b],
  ['s>=', (a, b) => a >= b],
  ['s<', (a, b) => a < b],
  ['s>', (a, b) => a > b],
  ['==', asNumbers((a, b) => a === b)],
  ['!=', asNumbers((a, b) => a !== b)],
  ['<=', asNumbers((a, b) => a <= b)],
  ['>=', asNumbers((a, b) => a >= b)],
  ['<in>', (a, b) => a.includes(b)],
  ['<', asNumbers((a, b) => a < b)],
  ['>', asNumbers((a, b) => a > b)],
  ['=', asNumbers((a, b) => a >= b)],
];

function testOf(name: string, type: HintType, expression: unknown): (actual: string) => boolean {
  const text = String(expression).trim().toLowerCase();
  const isText = typeof expression === 'string' || (type === 'integer' && typeof expression === 'number');
  if (!isText || text === '')
    throw invalidHint(`root_device/${name}`, `a ${type}, with or without an operator`, expression);
  const { wanted, test } = parseExpression(text, type);
  if (wanted.length === 0) throw invalidHint(`root_device/${name}`, 'a value after the operator', expression);
  if (type === 'integer' && !wanted.every((value) => /^[1-9]\d*$/.test(value))) {
    throw invalidHint(`root_device/${name}`, 'a positive number of GiB', expression);
  }
  return test;
}

interface Parsed {
  readonly wanted: readonly string[];
  readonly test: (actual: string) => boolean;
}

function parseExpression(text: string, type: HintType): Parsed {
  const equal: Comparison = type === 'integer' ? asNumbers((a, b) => a === b) : (a, b) => a === b;
  if (text.startsWith('<or>')) {
    const wanted = split(text, '<or>');
    return { wanted, test: (actual) => wanted.some((value) => equal(actual, value)) };
  }
  if (text.startsWith('<all-in>')) {
    const wanted = text.slice('<all-in>'.length).trim().split(/\s+/).filter(Boolean);
    return { wanted, test: (actual) => wanted.every((value) => actual.includes(value)) };
  }
  const [operator, compare] = COMPARISONS.find(([start]) => text.startsWith(start)) ?? ['', equal];
  const value = text.slice(operator.length).trim();
  return { wanted: value === '' ? [] : [value], test: (actual) => compare(actual, value) };
}

function split(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter(Boolean);
}

/** The error of a field that does not fit. */
export function invalidHint(field: string, expected: string, got: unknown): BareMetalError {
  return new BareMetalError('InvalidParameterValue', `${field}: expected ${expected}, got ${JSON.stringify(got)}`);
}
