import { rulesNamedBy, writeCheck, type Check } from './check.ts';
import { evaluate, type Credentials, type Target } from './evaluate.ts';
import { parseCheck } from './parse.ts';
import type { Override } from './policy-file.ts';
import { RULES, type RuleName, type Scope } from './rules.ts';

/** What a rule says to a caller about a target, and why. */
export interface Decision {
  readonly allowed: boolean;
  readonly because: readonly string[];
}

/** A rule as it is in force. */
export interface RuleInForce {
  readonly name: string;
  readonly check: string;
  readonly means: string | null;
  readonly scopes: readonly Scope[];
  /** Where the check comes from. */
  readonly source: 'default' | { readonly line: number };
}

/** The rules in force. */
export interface Policy {
  /** Asks one rule. A rule that is not there refuses. */
  ask(rule: RuleName | StepRule, credentials: Credentials, target: Target): Decision;
  /** Whether there is such a rule: those of steps are there only when the operator wrote them. */
  has(rule: string): boolean;
  /** One rule, or undefined. */
  describe(rule: string): RuleInForce | undefined;
  /** All rules, in the order of the table, the operator's own last. */
  list(): RuleInForce[];
}

/** Rules that an operator may write for single steps; without one a step is free (Ironic 39). */
export type StepRule = `baremetal:step:execute:${string}`;

const STEP_RULE = /^baremetal:step:execute:[a-z]+\.\w+$/;
// With these Ironic can be made to answer with passwords.
const NEVER_SHOWN: readonly string[] = ['show_password', 'show_instance_secrets'];
const ANY_SCOPE: readonly Scope[] = ['system', 'domain', 'project'];

/**
 * The defaults with an operator's changes.
 * @param path of the policy file, for messages
 * @throws Error that names the line of a rule that is not known, doesn't parse or refers to what is not there
 */
export function createPolicy(overrides: readonly Override[] = [], path = 'policy'): Policy {
  const lines = new Map(overrides.map(({ name, line }) => [name, line]));
  const checks = new Map([...RULES.values()].map(({ name, check }): [string, Check] => [name, parseCheck(check)]));
  for (const override of overrides) checks.set(override.name, checkOf(override, path));
  for (const [name, check] of checks) refuseUnknown(check, checks, where(lines.get(name), path));
  for (const name of lines.keys()) refuseCircle(name, checks, where(lines.get(name), path));
  const describe = (name: string): RuleInForce | undefined => {
    const check = checks.get(name);
    if (check === undefined) return undefined;
    const line = lines.get(name);
    const { means = null, scopes = ANY_SCOPE } = RULES.get(name) ?? {};
    return { name, check: writeCheck(check), means, scopes, source: line === undefined ? 'default' : { line } };
  };
  return {
    ask: (rule, credentials, target) => {
      const scopes = RULES.get(rule)?.scopes ?? ANY_SCOPE;
      const scope = scopeOf(credentials);
      if (!scopes.includes(scope)) {
        return {
          allowed: false,
          because: [`${rule} is for ${scopes.join(' or ')} scope; the token has ${scope} scope`],
        };
      }
      return evaluate({ kind: 'rule', name: rule }, { checks, credentials, target });
    },
    has: (rule) => checks.has(rule),
    describe,
    list: () => [...checks.keys()].flatMap((name) => describe(name) ?? []),
  };
}

/** What a token is for; one without any scope counts as a project's that has no project (oslo.policy). */
export function scopeOf({ attributes }: Credentials): Scope {
  if (attributes.system_scope !== undefined) return 'system';
  return attributes.domain_id === undefined ? 'project' : 'domain';
}

const where = (line: number | undefined, path: string): string =>
  line === undefined ? 'policy' : `${path}, line ${line}`;

function checkOf({ name, check, line }: Override, path: string): Check {
  // A name without a colon is a part that other rules are made of, and the operator may add such.
  if (!RULES.has(name) && !STEP_RULE.test(name) && name.includes(':')) {
    throw new Error(`${path}, line ${line}: there is no rule "${name}"`);
  }
  if (NEVER_SHOWN.includes(name) && check.trim() !== '!') {
    throw new Error(`${path}, line ${line}: "${name}" can only be "!": secrets never leave Anneal`);
  }
  try {
    return parseCheck(check);
  } catch (error) {
    throw new Error(`${path}, line ${line}: ${name}: ${(error as Error).message}`, { cause: error });
  }
}

function refuseUnknown(check: Check, checks: ReadonlyMap<string, Check>, place: string): void {
  const unknown = rulesNamedBy(check).find((name) => !checks.has(name));
  if (unknown !== undefined) throw new Error(`${place}: there is no rule "${unknown}" to refer to`);
}

function refuseCircle(start: string, checks: ReadonlyMap<string, Check>, place: string): void {
  const seen = new Set<string>();
  const follow = [start];
  for (let name = follow.pop(); name !== undefined; name = follow.pop()) {
    const check = checks.get(name);
    const named = check === undefined ? [] : rulesNamedBy(check);
    if (named.includes(start)) throw new Error(`${place}: the rule "${start}" refers to itself by "${name}"`);
    follow.push(...named.filter((one) => !seen.has(one)));
    for (const one of named) seen.add(one);
  }
}
