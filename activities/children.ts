import { listChildNodes } from '../db/nodes.ts';
import { childrenOfStep, refuseBusyChild, refuseUnableChild } from '../domain/child-nodes.ts';
import { faultsOfChildStep } from '../domain/step-checks.ts';
import type { ShownStepKind, Step } from '../domain/steps.ts';
import { nameOfNode } from './device.ts';
import { stepsOfNode } from './offered-steps.ts';
import type { Tools } from './tools.ts';

/** A child that a step of its parent is run on. */
export interface Child {
  readonly nodeUuid: string;
  readonly name: string;
  readonly site: string;
}

/** A step that is for a node's children. */
export interface ChildrenInput {
  readonly nodeUuid: string;
  readonly kind: ShownStepKind;
  readonly step: Step;
}

/** Activities about the nodes that are parts of another. */
export const createChildActivities = ({ db, drivers }: Tools) => ({
  /**
   * The children that a step is for, oldest first; all of them can do it now.
   * @throws BareMetalError `ChildNodeLocked`, `NodeInMaintenance`, `StepNotFound`, `InvalidParameterValue`
   */
  async findChildren({ nodeUuid, kind, step }: ChildrenInput): Promise<Child[]> {
    const children = childrenOfStep(nodeUuid, await listChildNodes(db, nodeUuid), step);
    for (const child of children) {
      refuseBusyChild(child, step);
      const driver = drivers.hardwareType(child.driver);
      const offered = stepsOfNode(driver, child)[kind];
      refuseUnableChild(child, step, faultsOfChildStep(step, { kind, offered, usesAgent: driver.usesAgent }));
    }
    return children.map((child) => ({ nodeUuid: child.uuid, name: nameOfNode(child), site: child.conductorGroup }));
  },
});
