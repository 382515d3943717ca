import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import { STEP_INTERFACES, type Step } from '../../domain/steps.ts';
import { describeIssue } from '../parse-input.ts';
import { uuidText } from '../query-values.ts';
import { countingNumber } from '../resource/steps.ts';

const interfaces = z.enum(STEP_INTERFACES);

const cleanStep = z.strictObject({
  interface: interfaces,
  step: z.string().min(1),
  args: z.record(z.string(), z.unknown()).optional(),
  // Taken and passed over, as in Ironic: the steps run in the order of the list.
  order: countingNumber.optional(),
  execute_on_child_nodes: z.boolean().optional(),
  limit_child_node_execution: z.array(uuidText).optional(),
});

const deployStep = z.strictObject({
  interface: interfaces,
  step: z.string().min(1),
  args: z.record(z.string(), z.unknown()),
  priority: countingNumber,
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
  const schema: z.ZodType<(z.infer<typeof cleanStep> | z.infer<typeof deployStep>)[]> = SCHEMAS[kind];
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data.map(stepOf);
  const [issue] = result.error.issues;
  throw new BareMetalError(
    'InvalidParameterValue',
    issue === undefined ? `Invalid ${kind}` : describeIssue(issue, kind),
  );
}

function stepOf(sent: z.infer<typeof cleanStep> | z.infer<typeof deployStep>): Step {
  const { interface: kind, step, args } = sent;
  const priority = 'priority' in sent ? sent.priority : 0;
  return {
    interface: kind,
    step,
    priority,
    ...(args && { args }),
    ...('execute_on_child_nodes' in sent && onChildren(sent)),
  };
}

function onChildren(sent: z.infer<typeof cleanStep>): Partial<Step> {
  const { execute_on_child_nodes: isForChildren, limit_child_node_execution: limit } = sent;
  if (!isForChildren) return {};
  return {
    executeOnChildNodes: true,
    ...(limit && { limitChildNodeExecution: limit }),
  };
}
