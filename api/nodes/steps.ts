import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import { STEP_INTERFACES, type Step } from '../../domain/steps.ts';
import { describeIssue } from '../parse-input.ts';

const interfaces = z.enum(STEP_INTERFACES);

const cleanStep = z.strictObject({
  interface: interfaces,
  step: z.string().min(1),
  args: z.record(z.string(), z.unknown()).optional(),
  // Taken and passed over: a manual run has the order of its list (Ironic's special steps may carry it).
  priority: z.int().min(0).optional(),
});

const deployStep = z.strictObject({
  interface: interfaces,
  step: z.string().min(1),
  args: z.record(z.string(), z.unknown()),
  priority: z.int().min(0),
});

const SCHEMAS = {
  clean_steps: z.array(cleanStep),
  service_steps: z.array(cleanStep),
  deploy_steps: z.array(deployStep),
};

/**
 * The steps of a request.
 * @throws BareMetalError `InvalidParameterValue`, naming the step and the field
 */
export function parseSteps(kind: keyof typeof SCHEMAS, value: unknown): Step[] {
  const schema: z.ZodType<z.infer<typeof cleanStep>[]> = SCHEMAS[kind];
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success)
    return result.data.map(({ args, priority = 0, ...step }) => ({ ...step, priority, ...(args && { args }) }));
  const [issue] = result.error.issues;
  throw new BareMetalError(
    'InvalidParameterValue',
    issue === undefined ? `Invalid ${kind}` : describeIssue(issue, kind),
  );
}
