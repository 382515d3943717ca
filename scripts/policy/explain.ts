import type { Credentials, Target } from '../../domain/policy/evaluate.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { RuleName } from '../../domain/policy/rules.ts';

/** Whom a rule is asked about, and what. */
export interface Asked {
  readonly credentials: Credentials;
  readonly target: Target;
}

/** What a rule says and why, in lines. */
export interface Explanation {
  readonly allowed: boolean;
  readonly lines: readonly string[];
}

/**
 * What `npm run policy` says of a rule.
 * @param file of the policy, for lines that it changed @param asked absent where only the rule is shown
 * @throws Error when there is no such rule
 */
export function explain(policy: Policy, name: string, { file, asked }: { file?: string; asked?: Asked }): Explanation {
  const rule = policy.describe(name);
  if (rule === undefined) throw new Error(`There is no rule "${name}".`);
  const source = rule.source === 'default' ? 'by default' : `by ${file}, line ${rule.source.line}`;
  const head = [`${name}: ${rule.means ?? 'an operator’s own rule'}`, `  ${source}: ${rule.check}`];
  if (asked === undefined) return { allowed: true, lines: head };
  const { allowed, because } = policy.ask(name as RuleName, asked.credentials, asked.target);
  const verdict = allowed ? '  allowed, since' : '  refused, since';
  return { allowed, lines: [...head, verdict, ...because.map((reason) => `    ${reason}`)] };
}
