import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { BareMetalError } from '../domain/errors.ts';
import type { InspectionRule } from '../domain/inspection-rules/rule.ts';
import { ruleErrors } from '../domain/inspection-rules/validate.ts';

const args = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);
const operation = z.object({ op: z.string(), args, loop: args.optional() });
const condition = operation.extend({ multiple: z.enum(['any', 'all', 'first', 'last']).optional() });

/** One rule of the file, with the values of what it leaves out (Ironic: get_built_in_rules). */
const BuiltInRule = z.object({
  uuid: z.string().nullish(),
  priority: z.int().default(0),
  description: z.string().max(255).nullable().default(null),
  sensitive: z.boolean().default(false),
  phase: z.string().max(16).nullable().default('main'),
  conditions: z.array(condition).default([]),
  actions: z.array(operation).min(1),
});

/**
 * The operator's own inspection rules: a list in a YAML file (JSON is YAML too), read anew for each inspection. They are
 * Ironic's `[inspection_rules]built_in_rules`, which its API does not show either; any priority will do.
 * @throws BareMetalError `InspectionRuleFailed` that names the rule; the file's own name stays out, since tenants may read it
 */
export async function readBuiltInRules(path: string | undefined): Promise<InspectionRule[]> {
  if (path === undefined) return [];
  const list = await contentOf(path);
  if (!Array.isArray(list)) throw unfit('a list of rules is expected');
  let nameless = 0;
  return list.map((item: unknown, index) => {
    const { uuid, ...rule } = parsed(item, index + 1);
    return { ...rule, uuid: uuid ?? uuidOf(nameless++) } as InspectionRule;
  });
}

async function contentOf(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    // The first line says where; those below quote the file, which may hold a token.
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw unfit(isMissing ? 'there is no such file' : reason, error);
  }
}

function parsed(item: unknown, number: number): z.infer<typeof BuiltInRule> {
  const result = BuiltInRule.safeParse(item);
  if (!result.success) throw unfit(`rule ${number}: ${z.prettifyError(result.error)}`);
  const errors = ruleErrors(result.data as Omit<InspectionRule, 'uuid'>, { isBuiltIn: true });
  if (errors.length > 0) throw unfit(`rule ${number}: ${errors.join('; ')}`);
  return result.data;
}

/** A rule without a uuid gets one that nobody can have made (Ironic: _synthetic_rule_uuid). */
function uuidOf(index: number): string {
  return `00000000-0000-0000-0000-${index.toString(16).padStart(12, '0')}`;
}

function unfit(reason: string, cause?: unknown): BareMetalError {
  const message = `The built-in inspection rules (ANNEAL_INSPECTION_RULES_FILE) do not fit: ${reason}`;
  return new BareMetalError('InspectionRuleFailed', message, { cause });
}
