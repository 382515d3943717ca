import type { StepRule } from '../../domain/policy/policy.ts';
import type { RuleName } from '../../domain/policy/rules.ts';
import type { Target } from '../../domain/policy/evaluate.ts';
import { INTERFACE_KINDS, type Node } from '../../domain/node.ts';
import { rootOf } from '../json-patch.ts';
import type { PatchBody } from './schemas.ts';

/** Whose a node is, for the policy. */
export function ownersOf({ owner, lessee }: Pick<Node, 'owner' | 'lessee'>): Target {
  return { 'node.owner': owner, 'node.lessee': lessee };
}

/** Fields whose change has a rule of its own; Ironic goes by how the path begins, so `driver` is after `driver_info`. */
const RULE_OF_FIELD: readonly (readonly [beginning: string, rule: RuleName])[] = [
  ['instance_info', 'baremetal:node:update_instance_info'],
  ['extra', 'baremetal:node:update_extra'],
  ['driver_info', 'baremetal:node:update:driver_info'],
  ['properties', 'baremetal:node:update:properties'],
  ['chassis_uuid', 'baremetal:node:update:chassis_uuid'],
  ['instance_uuid', 'baremetal:node:update:instance_uuid'],
  ['instance_name', 'baremetal:node:update_instance_info'],
  ['lessee', 'baremetal:node:update:lessee'],
  ['owner', 'baremetal:node:update:owner'],
  ['driver', 'baremetal:node:update:driver_interfaces'],
  ['network_data', 'baremetal:node:update:network_data'],
  ['conductor_group', 'baremetal:node:update:conductor_group'],
  ['name', 'baremetal:node:update:name'],
  ['retired', 'baremetal:node:update:retired'],
  ['shard', 'baremetal:node:update:shard'],
  ['parent_node', 'baremetal:node:update:parent_node'],
  ['disable_power_off', 'baremetal:node:update:disable_power_off'],
];

const INTERFACE_FIELDS: ReadonlySet<string> = new Set(INTERFACE_KINDS.map((kind) => `${kind}_interface`));
const FALSE_WORDS: readonly unknown[] = [false, 'false', 'False', 'FALSE', '0', 'f', 'F', 'off', 'n', 'no', 'No'];

/** Rules that a patch of a node may call for. */
export const PATCH_RULES: readonly RuleName[] = [
  'baremetal:node:update',
  'baremetal:node:disable_cleaning',
  ...new Set(RULE_OF_FIELD.map(([, rule]) => rule)),
];

/** The rules that a patch of a node calls for: one for each field with a rule of its own, the general one for the rest. */
export function rulesOfPatch(patch: PatchBody): readonly RuleName[] {
  const rules = patch.map(({ path, value }) => ruleOfField(rootOf(path), value));
  return rules.length === 0 ? ['baremetal:node:update'] : [...new Set(rules)];
}

function ruleOfField(field: string, value: unknown): RuleName {
  const known = RULE_OF_FIELD.find(([beginning]) => field.startsWith(beginning));
  if (known !== undefined) return known[1];
  if (INTERFACE_FIELDS.has(field)) return 'baremetal:node:update:driver_interfaces';
  const stopsCleaning = field === 'automated_clean' && FALSE_WORDS.includes(value);
  return stopsCleaning ? 'baremetal:node:disable_cleaning' : 'baremetal:node:update';
}

/** Rules that a provision request may call for, besides those of single steps. */
export const PROVISION_RULES = [
  'baremetal:node:set_provision_state',
  'baremetal:node:set_provision_state:clean_steps',
  'baremetal:node:set_provision_state:service_steps',
] as const;

interface OwnSteps {
  readonly deploy_steps?: unknown;
  readonly clean_steps?: unknown;
  readonly service_steps?: unknown;
}

/** The rules that a provision request calls for: the verb's, and those of the steps that the caller brings. */
export function rulesOfProvision(own: OwnSteps): readonly (RuleName | StepRule)[] {
  const rules: (RuleName | StepRule)[] = ['baremetal:node:set_provision_state'];
  if (isGiven(own.clean_steps)) rules.push('baremetal:node:set_provision_state:clean_steps');
  if (isGiven(own.service_steps)) rules.push('baremetal:node:set_provision_state:service_steps');
  return [...rules, ...[own.deploy_steps, own.clean_steps, own.service_steps].flatMap(rulesOfSteps)];
}

function isGiven(steps: unknown): steps is unknown[] {
  return Array.isArray(steps) && steps.length > 0;
}

/** The rules of single steps. Steps are checked after the policy was asked: what is none has no rule, and is refused then. */
export function rulesOfSteps(steps: unknown): StepRule[] {
  if (!isGiven(steps)) return [];
  return steps.flatMap((step) => {
    const { interface: kind, step: name } = (step ?? {}) as { interface?: unknown; step?: unknown };
    return typeof kind === 'string' && typeof name === 'string'
      ? [`baremetal:step:execute:${kind}.${name}` as const]
      : [];
  });
}
