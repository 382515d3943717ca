import type { InterfaceKind, JsonObject } from './node.ts';

/** What an operation is made of: Ironic's clean, deploy, service or verify step. */
export interface Step {
  readonly interface: InterfaceKind;
  readonly step: string;
  readonly priority: number;
  readonly args?: JsonObject;
  readonly abortable?: boolean;
  /** False when the step is done out of band, by the BMC. */
  readonly requiresRamdisk?: boolean;
  /** Whether the machine restarts after the step. */
  readonly rebootRequested?: boolean;
}

/** The step that runs now, as `clean_step` and `deploy_step` show it. */
export interface RunningStep extends Step {
  readonly index?: number;
  readonly total?: number;
}

/** Which kind of operation a step belongs to. */
export type StepKind = 'clean' | 'deploy' | 'service' | 'verify';

/** The names of one step, equal for two offers of the same step. */
export function stepKey(step: Pick<Step, 'interface' | 'step'>): string {
  return `${step.interface}.${step.step}`;
}

/**
 * The steps of an automatic run: those with a priority above 0, highest first; equal priorities keep
 * the order of Ironic's interfaces (power, management, firmware, deploy, bios, raid).
 */
export function automaticSteps(offered: readonly Step[], overrides: Readonly<Record<string, number>> = {}): Step[] {
  return offered
    .map((step) => ({ ...step, priority: overrides[stepKey(step)] ?? step.priority }))
    .filter((step) => step.priority > 0)
    .toSorted((a, b) => b.priority - a.priority || interfaceRank(a) - interfaceRank(b));
}

const INTERFACE_ORDER: readonly InterfaceKind[] = ['power', 'management', 'firmware', 'deploy', 'bios', 'raid'];

function interfaceRank(step: Step): number {
  const rank = INTERFACE_ORDER.indexOf(step.interface);
  return rank === -1 ? INTERFACE_ORDER.length : rank;
}
