import type { TargetKind } from '../../db/policy-targets.ts';
import type { Target } from '../../domain/policy/evaluate.ts';
import type { StepRule } from '../../domain/policy/policy.ts';
import type { RuleName } from '../../domain/policy/rules.ts';

/** Rules that all must allow, by what a request wants. */
export interface RulesOf<Call> {
  /** Those that there may be, besides rules of single steps. */
  readonly among: readonly RuleName[];
  readonly wanted: (call: Call) => readonly (RuleName | StepRule)[];
}

/** Kinds of things of which one may see all, or those of one's project. */
export type ListKind = 'node' | 'port' | 'portgroup' | 'volume' | 'allocation' | 'runbook';

/**
 * Who may use a route: whom the one rule allows; whom one of several allows; whom all rules allow that the request
 * calls for; or, for a list, everybody who may see some of it.
 */
export type Access<Call> =
  | RuleName
  | { readonly anyOf: readonly RuleName[] }
  | RulesOf<Call>
  /** Or everybody, where the thing is public. */
  | { readonly orPublic: RuleName }
  | {
      readonly list: ListKind;
      /** The project whose things the request asks for, if any. */
      readonly ofProject?: (call: Call) => string | undefined;
    };

/** The thing that a request is about. */
export interface Subject {
  readonly kind: TargetKind;
  readonly ident: string;
  /** Whether the thing, when the caller may not see it, is not there (404) instead of refused (403). */
  readonly conceals: boolean;
}

/** What a caller may do, once a request has passed. */
export interface Grant {
  /** The only project whose things a list may show; null: all. */
  readonly project: string | null;
  /** Asks one more rule: which fields are shown, which values may be set. */
  may(rule: RuleName, target?: Target): boolean;
}
