import { listChildNodes } from '../../db/nodes.ts';
import type { Queryable } from '../../db/pool.ts';
import { childrenOfStep, refuseBusyChild } from '../../domain/child-nodes.ts';
import { refusalOf, VARIABLES } from '../../domain/disallowed-steps.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Verb } from '../../domain/provision-states.ts';
import {
  isForChildren,
  powerStepOf,
  specialStepOf,
  stepKey,
  type ShownStepKind,
  type Step,
} from '../../domain/steps.ts';
import type { OperationRequest } from '../operations.ts';
import { denied } from '../policy/guard.ts';
import type { RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { ownersOf } from './access.ts';
import { findVisibleNode } from './change.ts';

const KIND_OF_VERB: Partial<Record<Verb, ShownStepKind>> = {
  clean: 'clean',
  deploy: 'deploy',
  rebuild: 'deploy',
  service: 'service',
};

/**
 * Refuses steps of a request that the operator forbids, and those for children that can't be had, before the machine
 * is touched; the operation looks again.
 * @throws BareMetalError `StepNotAllowed`, and as requireChildren
 */
export async function requireSteps(
  { db, config }: Pick<Tools, 'db' | 'config'>,
  request: OperationRequest,
  context: RequestContext,
): Promise<void> {
  const { steps = [] } = request.args;
  const kind = KIND_OF_VERB[request.verb as Verb];
  const refusal = kind && refusalOf(kind, steps, config[VARIABLES[kind]]);
  if (refusal !== undefined) throw new BareMetalError('StepNotAllowed', refusal);
  await requireChildren(db, { nodeUuid: request.node.uuid, steps: steps.filter(isForChildren) }, context);
}

/**
 * Refuses steps for children that are none, that the caller may not touch, or that can't be worked on now.
 * @throws BareMetalError `NodeNotFound`, `Forbidden`, `InvalidParameterValue`, `NodeInMaintenance`, `ChildNodeLocked`
 */
async function requireChildren(
  db: Queryable,
  { nodeUuid, steps }: { readonly nodeUuid: string; readonly steps: readonly Step[] },
  context: RequestContext,
): Promise<void> {
  const children = steps.length === 0 ? [] : await listChildNodes(db, nodeUuid);
  for (const step of steps) {
    refuseUnfit(step);
    for (const uuid of step.limitChildNodeExecution ?? []) await findVisibleNode(db, uuid, context);
    for (const child of childrenOfStep(nodeUuid, children, step)) {
      if (!context.grant.may(RULE, ownersOf(child))) throw denied(RULE);
      refuseBusyChild(child, step);
    }
  }
}

const RULE = 'baremetal:node:set_provision_state';

/** Holding and waiting are moves of the node's own state; a child's stays as it is. */
function refuseUnfit(step: Step): void {
  if (specialStepOf(step) === undefined || powerStepOf(step) !== undefined) return;
  throw new BareMetalError('InvalidParameterValue', `The step ${stepKey(step)} can not be executed on child nodes.`);
}
