import type { PolicyTarget } from '../../db/policy-targets.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Target } from '../../domain/policy/evaluate.ts';
import type { Policy, StepRule } from '../../domain/policy/policy.ts';
import type { RuleName } from '../../domain/policy/rules.ts';
import type { Caller } from '../auth/caller.ts';
import type { ParsedCall, Route } from '../route.ts';
import type { Grant, ListKind } from './access.ts';
import type { PolicySource } from './policy-source.ts';
import { subjectOf, targetOf } from './subjects.ts';

/** A grant of everything. */
export const EVERYTHING: Grant = { project: null, may: () => true };

/** Lets a request pass or not. @throws BareMetalError `Forbidden`, or the 404 of a thing that is another's */
export type Guard = (line: Route, call: ParsedCall) => Promise<Grant>;

/** The one place where the policy is asked whether a request may be made. */
export function createGuard({
  db,
  source,
  serviceProject,
}: {
  db: Queryable;
  source: PolicySource;
  /** The project whose service role counts for the whole system, if any (Ironic's rbac_service_role_elevated_access). */
  serviceProject: string | undefined;
}): Guard {
  const fixed: Target = { 'config.service_project_name': serviceProject ?? null };
  return async (line, call) => {
    const { caller } = call.context;
    const { access } = line;
    if (access === undefined || caller.credentials === null) return EVERYTHING;
    const policy = await source.current();
    const asker = new Asker(policy, caller, fixed);
    const subject = subjectOf(line, call);
    const target: PolicyTarget = subject === undefined ? {} : await targetOf(db, subject, asker.may);
    if (typeof access === 'object' && 'list' in access) {
      return { project: asker.listed(access.list, access.ofProject?.(call)), may: asker.may };
    }
    if (typeof access === 'string') asker.requireAll([access], target);
    else if ('wanted' in access) asker.requireAll(access.wanted(call), target);
    else if ('anyOf' in access) asker.requireAny(access.anyOf, target);
    else if (target.isPublic !== true) asker.requireAll([access.orPublic], target);
    return { project: null, may: asker.may };
  };
}

/** One caller's questions to the policy. */
class Asker {
  readonly #policy: Policy;
  readonly #caller: Caller;
  readonly #fixed: Target;

  constructor(policy: Policy, caller: Caller, fixed: Target) {
    this.#policy = policy;
    this.#caller = caller;
    this.#fixed = fixed;
  }

  readonly may = (rule: RuleName | StepRule, target: Target = {}): boolean => {
    const { credentials } = this.#caller;
    return credentials === null || this.#policy.ask(rule, credentials, { ...this.#fixed, ...target }).allowed;
  };

  /** Rules of steps are asked only where the operator has written one. */
  requireAll(rules: readonly (RuleName | StepRule)[], target: Target): void {
    const refused = rules.find((rule) => this.#policy.has(rule) && !this.may(rule, target));
    if (refused !== undefined) throw denied(refused);
  }

  requireAny(rules: readonly RuleName[], target: Target): void {
    if (!rules.some((rule) => this.may(rule, target))) throw denied(rules[0] ?? '');
  }

  /** The project to which a list is confined: null for who may see all. */
  listed(kind: ListKind, asked: string | undefined): string | null {
    if (this.may(`baremetal:${kind}:list_all`)) return null;
    const { projectId } = this.#caller;
    // Somebody else's things can't be asked for, and without a project one has none.
    if (projectId === null || (asked !== undefined && asked !== projectId)) throw denied(`baremetal:${kind}:list_all`);
    this.requireAll([`baremetal:${kind}:list`], {});
    return projectId;
  }
}

/** What who may not do something is told. */
export function denied(rule: string): BareMetalError {
  return new BareMetalError('Forbidden', `Access was denied to the following resource: ${rule}`);
}
