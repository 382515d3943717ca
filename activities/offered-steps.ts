import type { Node } from '../domain/node.ts';
import { STEP_KINDS, type Step, type StepKind } from '../domain/steps.ts';
import type { HardwareType } from '../drivers/interfaces.ts';

/** The driver's steps under those interfaces that the node has. */
export function stepsOfNode(
  { steps: { offered } }: HardwareType,
  { interfaces }: Pick<Node, 'interfaces'>,
): Readonly<Record<StepKind, readonly Step[]>> {
  const ofNode = (kind: StepKind) => offered[kind].filter((step) => !interfaces[step.interface].startsWith('no-'));
  return Object.fromEntries(STEP_KINDS.map((kind) => [kind, ofNode(kind)])) as Record<StepKind, Step[]>;
}
