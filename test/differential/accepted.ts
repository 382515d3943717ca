import { readFileSync } from 'node:fs';
import type { Difference } from './compare.ts';

/** A difference that is meant; a row of accepted.md. */
export interface AcceptedDifference {
  /** Heading that it stands under: a table's name, or `everywhere`. */
  readonly table: string;
  /** Pattern of requests: `*` stands for anything. */
  readonly request: string;
  /** Pattern of fields. */
  readonly field: string;
  readonly reason: string;
}

/** The heading of differences that are accepted in all tables. */
export const EVERYWHERE = 'everywhere';

/** Reads accepted.md. @throws Error that names a row without a reason, or one that is no row */
export function readAccepted(): AcceptedDifference[] {
  return parseAccepted(readFileSync(new URL('accepted.md', import.meta.url), 'utf8'));
}

const ROW = /^\|\s*`([^`]+)`\s*\|\s*`([^`]+)`\s*\|\s*(\S.*?)\s*\|$/;

/** The rows below each `##` heading of a page: `| request | field | reason |`, the first two in backticks. */
export function parseAccepted(page: string): AcceptedDifference[] {
  let table = '';
  return page.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) table = line.slice(3).trim();
    if (!line.startsWith('| `')) return [];
    const [, request, field, reason] = ROW.exec(line) ?? [];
    if (request === undefined || field === undefined || reason === undefined) {
      throw new Error(`accepted.md: expected | \`request\` | \`field\` | reason |, got ${line}`);
    }
    return [{ table, request, field, reason }];
  });
}

/** Whether a row is about this difference of this request. */
export function accepts(row: AcceptedDifference, request: string, { field }: Difference): boolean {
  return fits(row.request, request) && fits(row.field, field);
}

function fits(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${source.join('.*')}$`, 's').test(text);
}
