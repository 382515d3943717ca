import { isForChildren, powerStepOf, specialStepOf, stepKey, type Step, type StepKind } from './steps.ts';

/** What is wrong with steps that somebody asked for. */
export interface StepProblems {
  /** Steps that nobody offers on this machine. */
  readonly unknown: readonly string[];
  /** A sentence for each other fault. */
  readonly faults: readonly string[];
}

/** What steps are checked against. */
export interface StepCheck {
  readonly kind: StepKind;
  readonly offered: readonly Step[];
  /** Whether no ramdisk is booted for them. */
  readonly withoutRamdisk?: boolean;
}

/**
 * Checks steps against those that are offered, and their arguments against what each takes (Ironic:
 * _validate_user_steps); those that are for children are checked against what each child offers.
 */
export function checkSteps(asked: readonly Step[], check: StepCheck): StepProblems {
  const wanted = asked.filter((step) => !isForChildren(step));
  const offers = new Map(check.offered.map((step) => [stepKey(step), step]));
  const named = wanted.filter((step) => specialStepOf(step) === undefined);
  const unknown = named.map(stepKey).filter((key) => !offers.has(key));
  const faults = named.flatMap((step) => {
    const offer = offers.get(stepKey(step));
    return offer === undefined ? [] : faultsOf(step, offer, check);
  });
  return { unknown, faults: [...faults, ...faultsOfSpecial(wanted), ...twice(wanted, check)] };
}

/**
 * What hinders a step on a child: it can be a change of power, or what the child's driver does without an agent. No
 * agent is booted on children, as in Ironic, where a step that waits for one fails.
 */
export function faultsOfChildStep(
  step: Step,
  { kind, offered, usesAgent }: Pick<StepCheck, 'kind' | 'offered'> & { readonly usesAgent: boolean },
): string[] {
  if (powerStepOf(step) !== undefined) return [];
  if (specialStepOf(step) !== undefined) return [`the step ${step.step} is for a node itself, not for its children`];
  const own = { ...step, executeOnChildNodes: false };
  const { unknown, faults } = checkSteps([own], { kind, offered, withoutRamdisk: usesAgent });
  const known = offered.map(stepKey).join(', ') || 'none';
  return [...unknown.map((key) => `its driver does not offer the ${kind} step ${key}; it offers ${known}`), ...faults];
}

function faultsOf(step: Step, offer: Step, { kind, withoutRamdisk = false }: StepCheck): string[] {
  const name = `${kind} step ${stepKey(step)}`;
  const unexpected = unexpectedArguments(step, offer, name);
  // A deploy step of priority 0 only takes the driver's own out of the run.
  if (kind === 'deploy' && step.priority === 0) return unexpected;
  return [
    ...unexpected,
    ...missingArguments(step, offer, name),
    ...(withoutRamdisk && needsRamdisk(offer) ? [`${name} requires booting a ramdisk`] : []),
    ...(kind === 'deploy' && stepKey(step) === CORE_STEP
      ? [`${name} is a core step: it can be disabled by the priority 0, and not be overridden`]
      : []),
  ];
}

const CORE_STEP = 'deploy.deploy';

function unexpectedArguments({ args = {} }: Step, { argsInfo = {} }: Step, name: string): string[] {
  const unexpected = Object.keys(args).filter((argument) => !Object.hasOwn(argsInfo, argument));
  return unexpected.length > 0 ? [`${name} has these unexpected arguments: ${unexpected.join(', ')}`] : [];
}

function missingArguments({ args = {} }: Step, { argsInfo = {} }: Step, name: string): string[] {
  const missing = Object.entries(argsInfo)
    .filter(([argument, { required }]) => required && !(argument in args))
    .map(([argument, { description }]) => `${argument} (${description})`);
  return missing.length > 0 ? [`${name} is missing these required arguments: ${missing.join(', ')}`] : [];
}

/** Of the special steps only `wait` takes an argument, and it is a time. */
function faultsOfSpecial(wanted: readonly Step[]): string[] {
  const waits = wanted.filter((step) => specialStepOf(step) === 'wait' && step.args?.['seconds'] !== undefined);
  return waits
    .filter(({ args }) => secondsOf(args?.['seconds']) === undefined)
    .map(() => 'step wait: expected "seconds" to be a whole number of seconds');
}

/** The seconds that a step's argument says, or undefined where it says none. */
export function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 ? seconds : undefined;
}

/** The steps of a deployment have priorities, no order: each stands once. */
function twice(wanted: readonly Step[], { kind }: StepCheck): string[] {
  if (kind !== 'deploy') return [];
  const keys = wanted.map(stepKey);
  const again = new Set(keys.filter((key, at) => keys.indexOf(key) !== at));
  return [...again].map((key) => `deploy step ${key} is named more than once`);
}

/** Whether a step needs a ramdisk to be booted; unless it says otherwise it does, as in Ironic. */
export function needsRamdisk({ requiresRamdisk }: Step): boolean {
  return requiresRamdisk !== false;
}
