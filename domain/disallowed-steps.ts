import { stepKey, type ShownStepKind, type Step } from './steps.ts';

/** The steps that an operator forbids, by `interface.step`, for each kind (Ironic: `[api]disallow_clean_steps` and its like). */
export type DisallowedSteps = Readonly<Record<ShownStepKind, readonly string[]>>;

/** What Ironic forbids unless it is told otherwise. */
export const USUALLY_DISALLOWED = 'vendor.send_raw';

/** The steps of a list with commas between them, as configuration has it. */
export function parseStepKeys(text: string): string[] {
  return text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

/** Whether each member of such a list is an `interface.step`. */
export function namesSteps(text: string): boolean {
  return parseStepKeys(text).every((key) => /^[a-z]+\.\w+$/.test(key));
}

/** Says which of these steps is forbidden, in Ironic's words with Anneal's name of the setting; undefined when none is. */
export function refusalOf(
  kind: ShownStepKind,
  steps: readonly Step[],
  disallowed: readonly string[] = [],
): string | undefined {
  const key = steps.map(stepKey).find((name) => disallowed.includes(name));
  if (key === undefined) return undefined;
  return `${kind} step '${key}' is not allowed. Disallowed by operator configuration ${VARIABLES[kind]}.`;
}

/** The steps that are not forbidden. */
export function withoutDisallowed<Kind extends Step>(
  steps: readonly Kind[],
  disallowed: readonly string[] = [],
): Kind[] {
  return steps.filter((step) => !disallowed.includes(stepKey(step)));
}

/** The environment variable of each kind, of the api and of workers. */
export const VARIABLES = {
  clean: 'ANNEAL_DISALLOW_CLEAN_STEPS',
  deploy: 'ANNEAL_DISALLOW_DEPLOY_STEPS',
  service: 'ANNEAL_DISALLOW_SERVICE_STEPS',
} as const satisfies Record<ShownStepKind, string>;
