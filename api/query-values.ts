import { z } from 'zod';
import { isUuid } from '../domain/ids.ts';

// oslo_utils.strutils.bool_from_string(strict=True)
const TRUE = new Set(['1', 't', 'true', 'on', 'y', 'yes']);
const FALSE = new Set(['0', 'f', 'false', 'off', 'n', 'no']);

/** A boolean in a query, in any of Ironic's spellings. */
export const queryBoolean = z.string().transform((text, context) => {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  context.issues.push({ code: 'custom', input: text, message: `expected a boolean, got "${text}"` });
  return z.NEVER;
});

/** A boolean in a body: Ironic takes words for it too, and its own client sends them in patches. */
export const wordyBoolean = z.union([z.boolean(), queryBoolean], { error: 'expected a boolean' });

/** A uuid, kept in lower case. */
export const uuidText = z
  .string()
  .refine(isUuid, { error: (issue) => `Expected UUID, got ${JSON.stringify(issue.input)}` })
  .transform((text) => text.toLowerCase());

/** Names of fields with commas between them, in either case as Ironic takes them; none are none. */
export const fieldList = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((word) => word.trim().toLowerCase()))].filter(Boolean));

/** A list of words with commas between them. */
export const commaList = z.string().transform((text) => text.split(',').map((word) => word.trim()));

/** Parameters that every list takes. */
export const pageShape = {
  limit: z
    .string()
    .regex(/^[+-]?\d{1,15}$/, { error: (issue) => `Expected an integer for limit: ${String(issue.input)}` })
    .transform(Number)
    .refine((limit) => limit > 0, 'Limit must be positive')
    .optional(),
  marker: uuidText.optional(),
  sort_key: z.string().default('id'),
  sort_dir: z
    .enum(['asc', 'desc'], {
      error: (issue) => `Invalid sort direction: ${String(issue.input)}. Acceptable values are 'asc' or 'desc'`,
    })
    .default('asc'),
};

/** MAC addresses as 12 hex digits in pairs, kept in lower case. */
export const macAddress = z
  .string()
  .regex(/^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i, {
    error: (issue) => `Expected valid MAC address, got ${JSON.stringify(issue.input)}`,
  })
  .transform((text) => text.toLowerCase().replaceAll('-', ':'));

/** A member that may be left out or null, which mean the same. */
export function orAbsent<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A JSON object; null and nothing mean an empty one. */
export const jsonObject = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});

/** A logical name: RFC 3986 unreserved characters. */
export const logicalName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9\-._~]+$/, { error: (issue) => `invalid name ${JSON.stringify(issue.input)}` });
