/**
 * What a check may look at of the caller, in the names of oslo.context's `to_policy_values`. The list is closed, so
 * that a misspelt attribute of a policy file is found at the start and not by an attacker.
 */
export const CALLER_ATTRIBUTES = [
  'user_id',
  'user_domain_id',
  'system_scope',
  'domain_id',
  'project_id',
  'project_name',
  'project_domain_id',
  'is_admin_project',
  'is_public_api',
  'service_user_id',
  'service_user_domain_id',
  'service_project_id',
  'service_project_domain_id',
] as const;

/** One attribute of a caller. */
export type CallerAttribute = (typeof CALLER_ATTRIBUTES)[number];

/** What a check may look at of the thing that is asked for, and of the configuration. */
export const TARGET_ATTRIBUTES = [
  'node.owner',
  'node.lessee',
  'allocation.owner',
  'runbook.owner',
  'config.service_project_name',
] as const;

/** One attribute of a target. */
export type TargetAttribute = (typeof TARGET_ATTRIBUTES)[number];

/** What a check compares with: a word, or an attribute of the target. */
export type Operand = { readonly text: string } | { readonly of: TargetAttribute | CallerAttribute };

/** A parsed check: oslo.policy's language without its escapes to Python literals and HTTP. */
export type Check =
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  | { readonly kind: 'not'; readonly check: Check }
  | { readonly kind: 'and' | 'or'; readonly checks: readonly Check[] }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'role'; readonly role: Operand }
  | { readonly kind: 'attribute'; readonly attribute: CallerAttribute; readonly value: Operand };

/** The check as text, with as few parentheses as it needs. */
export function writeCheck(check: Check): string {
  switch (check.kind) {
    case 'always':
      return '@';
    case 'never':
      return '!';
    case 'not':
      return `not ${writeInner(check.check)}`;
    case 'and':
    case 'or':
      return check.checks.map(writeInner).join(` ${check.kind} `);
    case 'rule':
      return `rule:${check.name}`;
    case 'role':
      return `role:${writeOperand(check.role)}`;
    case 'attribute':
      return `${check.attribute}:${writeOperand(check.value)}`;
  }
}

function writeInner(check: Check): string {
  return check.kind === 'and' || check.kind === 'or' ? `(${writeCheck(check)})` : writeCheck(check);
}

function writeOperand(operand: Operand): string {
  return 'text' in operand ? operand.text : `%(${operand.of})s`;
}

/** The rules that a check refers to by name. */
export function rulesNamedBy(check: Check): string[] {
  if (check.kind === 'rule') return [check.name];
  if (check.kind === 'not') return rulesNamedBy(check.check);
  return check.kind === 'and' || check.kind === 'or' ? check.checks.flatMap(rulesNamedBy) : [];
}
