import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import { STEP_INTERFACES } from '../../domain/steps.ts';
import { maskSecrets, restoreMasked } from '../secrets.ts';

/** A number that counts from 0; words of digits are taken too. */
export const countingNumber = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);

/** Members that all kinds of steps have. */
export const stepShape = {
  interface: z.enum(STEP_INTERFACES, {
    error: (issue) =>
      `${JSON.stringify(issue.input)} is not one of [${STEP_INTERFACES.map((name) => `'${name}'`).join(', ')}]`,
  }),
  step: z.string().min(1),
};

interface Step {
  readonly interface: string;
  readonly step: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Refuses a list with the same step twice, in Ironic's words for all kinds. @throws BareMetalError `InvalidParameterValue` */
export function refuseDuplicateSteps(steps: readonly Step[]): void {
  const names = steps.map((step) => `interface: ${step.interface}, step: ${step.step}`);
  const duplicates = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  if (duplicates.size === 0) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    'Deploy template invalid: Duplicate deploy steps. A template cannot have multiple deploy steps with the same ' +
      `interface and step. Duplicates: ${[...duplicates].join('; ')}.`,
  );
}

/** The steps as JSON with the secrets in their arguments masked; names of arguments say what is secret. */
export function stepsJson(text: string | null): string {
  const steps = JSON.parse(text ?? '[]') as Step[];
  return JSON.stringify(steps.map((step) => ({ ...step, args: maskSecrets(step.args) })));
}

/** Steps that a client sends back with masks: each mask stands for the secret that the same step had before. */
export function restoreSteps<Kind extends Step>(sent: readonly Kind[], kept: readonly Kind[] = []): Kind[] {
  return sent.map((step) => {
    const same = kept.find((old) => old.interface === step.interface && old.step === step.step);
    return { ...step, args: restoreMasked(step.args, same?.args ?? {}) };
  });
}
