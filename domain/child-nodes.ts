import { BareMetalError } from './errors.ts';
import type { Node } from './node.ts';
import { stepKey, type Step } from './steps.ts';

/**
 * The children of a node that a step is for: those that it names, else all.
 * @throws BareMetalError `InvalidParameterValue` when it names another
 */
export function childrenOfStep(nodeUuid: string, children: readonly Node[], step: Step): readonly Node[] {
  const { limitChildNodeExecution: only = [] } = step;
  const stranger = only.find((uuid) => !children.some((child) => child.uuid === uuid));
  if (stranger !== undefined)
    throw new BareMetalError(
      'InvalidParameterValue',
      `Node ${stranger}, which the step ${stepKey(step)} is for, is no child of node ${nodeUuid}.`,
    );
  return only.length === 0 ? children : children.filter(({ uuid }) => only.includes(uuid));
}

/**
 * Refuses a child that can't be worked on now.
 * @throws BareMetalError `ChildNodeLocked`, `NodeInMaintenance`
 */
export function refuseBusyChild(child: Node, step: Step): void {
  if (child.reservation !== null)
    throw refusal('ChildNodeLocked', { child, step, why: `is locked by host ${child.reservation}` });
  if (!child.maintenance) return;
  const reason = child.maintenanceReason === null ? '' : ` (${child.maintenanceReason})`;
  throw refusal('NodeInMaintenance', { child, step, why: `is in maintenance mode${reason}` });
}

/** Refuses a child that can't do the step. @throws BareMetalError `StepNotFound` */
export function refuseUnableChild(child: Node, step: Step, faults: readonly string[]): void {
  if (faults.length > 0) throw refusal('StepNotFound', { child, step, why: `can't do it: ${faults.join('; ')}` });
}

function refusal(
  code: 'ChildNodeLocked' | 'NodeInMaintenance' | 'StepNotFound',
  { child, step, why }: { readonly child: Node; readonly step: Step; readonly why: string },
): BareMetalError {
  const name = child.name ?? child.uuid;
  return new BareMetalError(
    code,
    `Child node ${name}, which the step ${stepKey(step)} is for, ${why}; nothing was done on any child.`,
  );
}
