import type { InterfaceKind, JsonObject } from './node.ts';

/** One argument of a step, as Ironic's argsinfo describes it. */
export interface StepArgument {
  readonly description: string;
  readonly required?: boolean;
}

/** What an operation is made of: Ironic's clean, deploy, service or verify step. */
export interface Step {
  readonly interface: InterfaceKind;
  readonly step: string;
  readonly priority: number;
  readonly args?: JsonObject;
  /** What the step takes; a step that tells nothing takes nothing. */
  readonly argsInfo?: Readonly<Record<string, StepArgument>>;
  readonly abortable?: boolean;
  /** False when the step is done out of band, by the BMC. */
  readonly requiresRamdisk?: boolean;
  /** False when the step is tried once only, since a second run would do it a second time. */
  readonly repeatable?: boolean;
  /** Whether the machine restarts after the step. */
  readonly rebootRequested?: boolean;
  /** Whether the step is run on the node's children, and not on the node itself. */
  readonly executeOnChildNodes?: boolean;
  /** The only children that it is run on; none named means all. */
  readonly limitChildNodeExecution?: readonly string[];
}

/** The step that runs now, as `clean_step`, `deploy_step` and `service_step` show it. */
export interface RunningStep extends Step {
  readonly index?: number;
  readonly total?: number;
}

/** The interfaces that may have steps, in Ironic's order (CLEANING_INTERFACE_PRIORITY, DEPLOYING_INTERFACE_PRIORITY). */
export const STEP_INTERFACES = [
  'vendor',
  'power',
  'management',
  'firmware',
  'deploy',
  'bios',
  'raid',
] as const satisfies readonly InterfaceKind[];

/** Which kinds of operation are made of steps. */
export const STEP_KINDS = ['clean', 'deploy', 'service', 'verify'] as const;

/** Which kind of operation a step belongs to. */
export type StepKind = (typeof STEP_KINDS)[number];

/** The kinds whose running step a node shows. */
export type ShownStepKind = Exclude<StepKind, 'verify'>;

/** Steps that every machine has, whatever interface they are written under (Ironic: RESERVED_STEP_HANDLER_MAPPING). */
export const SPECIAL_STEPS = ['hold', 'wait', 'power_on', 'power_off', 'reboot'] as const;

/** Those that change a machine's power and nothing else. */
export const POWER_STEPS = [
  'power_on',
  'power_off',
  'reboot',
] as const satisfies readonly (typeof SPECIAL_STEPS)[number][];

/** One of them. */
export type PowerStep = (typeof POWER_STEPS)[number];

/** One of all special steps. */
export type SpecialStep = (typeof SPECIAL_STEPS)[number];

/** Which special step it is, or undefined. */
export function specialStepOf({ step }: Pick<Step, 'step'>): SpecialStep | undefined {
  return SPECIAL_STEPS.find((name) => name === step);
}

/** Which change of power the step is, or undefined. */
export function powerStepOf({ step }: Pick<Step, 'step'>): PowerStep | undefined {
  return POWER_STEPS.find((name) => name === step);
}

/** Whether the step is for the node's children: the node itself needs nothing for it. */
export function isForChildren({ executeOnChildNodes }: Step): boolean {
  return executeOnChildNodes === true;
}

/** The names of one step, equal for two offers of the same step. */
export function stepKey(step: Pick<Step, 'interface' | 'step'>): string {
  return `${step.interface}.${step.step}`;
}

/**
 * The steps of an automatic run: those with a priority above 0, highest first; equal priorities keep
 * the order of {@link STEP_INTERFACES}.
 */
export function automaticSteps(offered: readonly Step[], overrides: Readonly<Record<string, number>> = {}): Step[] {
  return offered
    .map((step) => ({ ...step, priority: overrides[stepKey(step)] ?? step.priority }))
    .filter((step) => step.priority > 0)
    .toSorted(byPriority);
}

/** The order in which steps are run: highest priority first, then by Ironic's order of interfaces. */
export function byPriority(a: Step, b: Step): number {
  return b.priority - a.priority || interfaceRank(a) - interfaceRank(b);
}

function interfaceRank({ interface: kind }: Step): number {
  const rank = STEP_INTERFACES.findIndex((name) => name === kind);
  return rank === -1 ? STEP_INTERFACES.length : rank;
}
