import { ANNEAL_RULES, ANNEAL_SYSTEM_RULES } from './anneal-rules.ts';
import { NODE_RULES } from './node-rules.ts';
import { PROJECT_RULES, RESOURCE_RULES, SYSTEM_RULES, UNSCOPED_RULES } from './resource-rules.ts';

/** What a token is for. */
export type Scope = 'system' | 'domain' | 'project';

/** A named rule of the policy. */
export interface Rule {
  readonly name: string;
  /** Who may when the policy file doesn't say otherwise. */
  readonly check: string;
  /** What the rule allows. */
  readonly means: string;
  /** Tokens of other scopes never pass, whatever the check says. */
  readonly scopes: readonly Scope[];
}

type Line = readonly [name: string, check: string, means: string];

const scoped = (lines: readonly Line[], scopes: readonly Scope[]): Rule[] =>
  lines.map(([name, check, means]) => ({ name, check, means, scopes }));

/** The name of a rule that Anneal knows. */
export type RuleName =
  | (typeof NODE_RULES)[number][0]
  | (typeof RESOURCE_RULES)[number][0]
  | (typeof SYSTEM_RULES)[number][0]
  | (typeof PROJECT_RULES)[number][0]
  | (typeof UNSCOPED_RULES)[number][0]
  | (typeof ANNEAL_RULES)[number][0]
  | (typeof ANNEAL_SYSTEM_RULES)[number][0];

/** Every rule by its name. */
export const RULES: ReadonlyMap<string, Rule> = new Map(
  [
    ...scoped(NODE_RULES, ['system', 'project']),
    ...scoped(RESOURCE_RULES, ['system', 'project']),
    ...scoped(SYSTEM_RULES, ['system']),
    ...scoped(PROJECT_RULES, ['project']),
    ...scoped(UNSCOPED_RULES, ['system', 'domain', 'project']),
    ...scoped(ANNEAL_RULES, ['system', 'project']),
    ...scoped(ANNEAL_SYSTEM_RULES, ['system']),
  ].map((rule) => [rule.name, rule]),
);
