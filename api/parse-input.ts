import type { z } from 'zod';
import { BareMetalError } from '../domain/errors.ts';

type Issue = z.core.$ZodIssue;

/**
 * Checks a query or a body against its schema. Without a schema nothing is looked at.
 * @param what names the thing in messages: `node`, `query`
 * @throws BareMetalError `InvalidParameterValue`, naming the field and what was expected
 */
export function parseInput<T>(schema: z.ZodType<T> | undefined, value: unknown, what: string): T | undefined {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new BareMetalError(
    'InvalidParameterValue',
    issue === undefined ? `Invalid ${what}` : describeIssue(issue, what),
  );
}

/** One sentence for what doesn't fit: the field, what was expected, what came. */
export function describeIssue(issue: Issue, what: string): string {
  const leaf = deepest(issue);
  const field = leaf.path.map(String).join('/');
  if (leaf.code === 'unrecognized_keys') return unrecognized(leaf.keys, field, what);
  if (isMissing(leaf)) {
    return what === 'query'
      ? `Missing mandatory parameter: ${field}`
      : `Schema error for ${what}: '${field}' is a required property`;
  }
  const where = field === '' ? what : field;
  return what === 'query'
    ? `Invalid value for ${where}: ${leaf.message}`
    : `Schema error for ${what}: ${where}: ${leaf.message}`;
}

function unrecognized(keys: readonly string[], field: string, what: string): string {
  if (what === 'query') return `Unexpected arguments: ${keys.join(', ')}`;
  const named = keys.map((key) => `'${key}'`).join(', ');
  const place = field === '' ? '' : ` in ${field}`;
  return `Schema error for ${what}: Additional properties are not allowed${place} (${named} ${
    keys.length === 1 ? 'was' : 'were'
  } unexpected)`;
}

function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.input === undefined && issue.path.length > 0;
}

/** Of a union's many complaints the one that got furthest: that is the branch the client meant. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const inner = issue.errors
    .map((branch) => branch[0])
    .filter((candidate) => candidate !== undefined)
    .map(deepest)
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  if (inner === undefined || inner.path.length === 0) return issue;
  return { ...inner, path: [...issue.path, ...inner.path] };
}
