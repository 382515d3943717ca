import { ACTIONS } from './actions.ts';
import { OPERATORS, parseOperator, pattern } from './operators.ts';
import { isObject } from '../json.ts';
import { namedArguments, RULE_PHASES, type InspectionRule, type RuleArguments, type Signature } from './rule.ts';

const MAX_PRIORITY = 9999;

/** What is wrong with a rule, one sentence each; a rule without any can be stored. Built-in ones have any priority. */
export function ruleErrors(
  rule: Omit<InspectionRule, 'uuid'>,
  { isBuiltIn = false }: { readonly isBuiltIn?: boolean } = {},
): string[] {
  return [
    ...phaseErrors(rule.phase),
    ...(isBuiltIn ? [] : priorityErrors(rule.priority)),
    ...rule.conditions.flatMap(({ op, args }) => operationErrors('condition', parseOperator(op).name, args)),
    ...rule.actions.flatMap(({ op, args }) => operationErrors('action', op, args)),
  ];
}

function phaseErrors(phase: string | null): string[] {
  const isKnown = phase === null || RULE_PHASES.some((known) => known === phase);
  return isKnown ? [] : [`Invalid phase: ${phase}. Valid phases are: ${RULE_PHASES.join(', ')}`];
}

function priorityErrors(priority: number): string[] {
  if (priority < 0) return ['Priority cannot be negative for user-defined rules.'];
  return priority > MAX_PRIORITY ? [`Priority must be between 0 and ${MAX_PRIORITY} for user-defined rules.`] : [];
}

function operationErrors(kind: 'condition' | 'action', op: string, args: RuleArguments): string[] {
  const table: Readonly<Record<string, Signature>> = kind === 'condition' ? OPERATORS : ACTIONS;
  const signature = Object.hasOwn(table, op) ? table[op] : undefined;
  if (signature === undefined) return [`Unsupported ${kind} operator: ${op}`];
  const problem = argumentsProblem(args, signature);
  return problem === undefined ? [] : [`Invalid parameters for ${kind} operator ${op}: ${problem}`];
}

function argumentsProblem(args: RuleArguments, signature: Signature): string | undefined {
  const { required, optional = [] } = signature;
  const known = [...required, ...optional];
  if (!isObject(args) && args.length > known.length) return `too many arguments, there are ${known.join(', ')}`;
  const named = namedArguments(args, signature);
  const missing = required.filter((name) => !Object.hasOwn(named, name));
  const unexpected = Object.keys(named).filter((name) => !known.includes(name));
  const problems = [
    ...(missing.length > 0 ? [`missing required argument(s): ${missing.join(', ')}`] : []),
    ...(unexpected.length > 0 ? [`unexpected argument(s): ${unexpected.join(', ')}`] : []),
    ...regexProblem(named['regex']),
  ];
  return problems.length === 0 ? undefined : problems.join('; ');
}

function regexProblem(regex: unknown): string[] {
  if (typeof regex !== 'string') return [];
  try {
    pattern(regex, '');
    return [];
  } catch {
    return [`invalid regular expression: ${regex}`];
  }
}
