import { getPolicyTarget, type PolicyTarget, type TargetKind } from '../../db/policy-targets.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError, type ErrorCode } from '../../domain/errors.ts';
import type { Target } from '../../domain/policy/evaluate.ts';
import type { RuleName } from '../../domain/policy/rules.ts';
import type { ParsedCall, Route } from '../route.ts';
import type { Subject } from './access.ts';

interface SubjectFacts {
  /** Who is refused by this rule doesn't learn that the thing is there. */
  readonly see: RuleName;
  readonly missing: ErrorCode;
  readonly word: string;
}

/** Things with an owner. A path parameter of this name stands for one. */
const SUBJECTS: Readonly<Record<TargetKind, SubjectFacts>> = {
  node: { see: 'baremetal:node:get', missing: 'NodeNotFound', word: 'Node' },
  port: { see: 'baremetal:node:get', missing: 'PortNotFound', word: 'Port' },
  portgroup: { see: 'baremetal:node:get', missing: 'NotFound', word: 'Portgroup' },
  connector: { see: 'baremetal:node:get', missing: 'NotFound', word: 'Volume connector' },
  target: { see: 'baremetal:node:get', missing: 'NotFound', word: 'Volume target' },
  allocation: { see: 'baremetal:allocation:get', missing: 'NotFound', word: 'Allocation' },
  allocationOfNode: { see: 'baremetal:allocation:get', missing: 'NotFound', word: 'Allocation of node' },
  runbook: { see: 'baremetal:runbook:get', missing: 'NotFound', word: 'Runbook' },
};

/** The thing that a request is about: what its line says, or the first parameter of its path that stands for one. */
export function subjectOf({ subject }: Pick<Route, 'subject'>, call: ParsedCall): Subject | undefined {
  return subject === undefined ? subjectOfPath(call.params) : subject(call);
}

function subjectOfPath(params: Readonly<Record<string, string>>): Subject | undefined {
  const found = Object.entries(params).find(([name]) => Object.hasOwn(SUBJECTS, name));
  return found && { kind: found[0] as TargetKind, ident: found[1], conceals: true };
}

/**
 * Whose the subject is.
 * @param maySee asks the rule that decides whether the caller may know of it
 * @throws BareMetalError its own 404 when it conceals itself and is not there, or not for this caller
 */
export async function targetOf(
  db: Queryable,
  { kind, ident, conceals }: Subject,
  maySee: (rule: RuleName, target: Target) => boolean,
): Promise<PolicyTarget> {
  const target = await getPolicyTarget(db, kind, ident);
  if (!conceals) return target ?? {};
  const { see, missing, word } = SUBJECTS[kind];
  if (target !== undefined && maySee(see, target)) return target;
  throw new BareMetalError(missing, `${word} ${ident} could not be found.`);
}
