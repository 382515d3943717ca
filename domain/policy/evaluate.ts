import { writeCheck, type CallerAttribute, type Check, type Operand, type TargetAttribute } from './check.ts';

/** Who asks, as the identity service says it. */
export interface Credentials {
  readonly roles: readonly string[];
  readonly attributes: Readonly<Partial<Record<CallerAttribute, string>>>;
}

/** What is asked for; an attribute that is absent or null is compared with nothing. */
export type Target = Readonly<Partial<Record<TargetAttribute, string | null>>>;

/** The rules by name, parsed. */
export type Checks = ReadonlyMap<string, Check>;

/** How a check came out and which of its parts decided. */
export interface Verdict {
  readonly allowed: boolean;
  /** The smallest parts that decided, each with what was found; one reader's answer to «why». */
  readonly because: readonly string[];
}

/** Everything that a check is held against. */
export interface Question {
  readonly checks: Checks;
  readonly credentials: Credentials;
  readonly target: Target;
}

// A policy file is refused when its rules name each other in a circle; this only bounds what slipped through.
const MAX_RULES = 32;

/**
 * Holds a check against a caller and a target. Unlike oslo.policy, which compares their Python texts, a missing owner
 * never equals a missing project.
 */
export function evaluate(check: Check, question: Question, depth = 0): Verdict {
  switch (check.kind) {
    case 'always':
      return { allowed: true, because: ['@ allows everybody'] };
    case 'never':
      return { allowed: false, because: ['! refuses everybody'] };
    case 'not': {
      const { allowed, because } = evaluate(check.check, question, depth);
      return { allowed: !allowed, because };
    }
    case 'and':
    case 'or':
      return evaluateChain(check.kind, check.checks, question, depth);
    case 'rule':
      return evaluateRule(check.name, question, depth);
    case 'role':
      return evaluateRole(check, question);
    case 'attribute':
      return evaluateAttribute(check, question);
  }
}

/** `or` is decided by its first part that holds, `and` by its first that doesn't; else all of them decide. */
function evaluateChain(kind: 'and' | 'or', checks: readonly Check[], question: Question, depth: number): Verdict {
  const all: string[] = [];
  for (const check of checks) {
    const verdict = evaluate(check, question, depth);
    if (verdict.allowed === (kind === 'or')) return verdict;
    all.push(...verdict.because);
  }
  return { allowed: kind === 'and', because: [...new Set(all)] };
}

function evaluateRule(name: string, question: Question, depth: number): Verdict {
  const check = question.checks.get(name);
  if (check === undefined || depth >= MAX_RULES) return { allowed: false, because: [`rule:${name} is not there`] };
  const { allowed, because } = evaluate(check, question, depth + 1);
  return { allowed, because: because.map((reason) => `rule:${name}: ${reason}`) };
}

function evaluateRole(check: Check & { kind: 'role' }, question: Question): Verdict {
  const wanted = valueOf(check.role, question)?.toLowerCase();
  const { roles } = question.credentials;
  const allowed = wanted !== undefined && roles.some((role) => role.toLowerCase() === wanted);
  const found = roles.length === 0 ? 'the caller has no role' : `the caller’s roles are ${roles.join(', ')}`;
  return { allowed, because: [`${writeCheck(check)} ${verb(allowed)}: ${found}`] };
}

function evaluateAttribute(check: Check & { kind: 'attribute' }, question: Question): Verdict {
  const { attribute } = check;
  const has = question.credentials.attributes[attribute];
  const wanted = valueOf(check.value, question);
  // `None` is how a policy file spells «not set»; only a word written there can mean it.
  const wantsNone = 'text' in check.value && wanted === 'None';
  const allowed = wantsNone ? has === undefined : has !== undefined && has === wanted;
  const asked = 'of' in check.value ? `, ${check.value.of} is ${wanted ?? 'not set'}` : '';
  return {
    allowed,
    because: [`${writeCheck(check)} ${verb(allowed)}: the caller’s ${attribute} is ${has ?? 'not set'}${asked}`],
  };
}

const verb = (allowed: boolean): string => (allowed ? 'holds' : 'fails');

function valueOf(operand: Operand, { credentials, target }: Question): string | undefined {
  if ('text' in operand) return operand.text;
  return target[operand.of as TargetAttribute] ?? credentials.attributes[operand.of as CallerAttribute];
}
