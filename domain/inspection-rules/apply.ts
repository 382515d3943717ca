import { BareMetalError } from '../errors.ts';
import type { JsonObject } from '../node.ts';
import { isSecretName } from '../secret-names.ts';
import { ACTIONS, type RuleEffects } from './actions.ts';
import { fillInAll } from './format.ts';
import { OPERATORS, parseOperator } from './operators.ts';
import { isObject } from '../json.ts';
import {
  namedArguments,
  type InspectionRule,
  type RuleAction,
  type RuleCondition,
  type RuleWorld,
  type Signature,
} from './rule.ts';

/** What rules made of the world, and which of them acted. */
export interface RuleOutcome extends Omit<RuleEffects, 'traits'> {
  readonly traits: readonly string[];
  readonly applied: readonly string[];
}

/** From which rules passwords that an agent reported are kept: from all, from those that aren't sensitive, from none. */
export const MASKINGS = ['always', 'sensitive', 'never'] as const;

/** One of them (Ironic: [inspection_rules]mask_secrets). */
export type Masking = (typeof MASKINGS)[number];

/**
 * Applies rules to what an inspection found, the highest priority first; each sees what those before it did.
 * Changes nothing that it was given.
 * @throws BareMetalError `InspectionRuleFailed` where a rule says so or can't be carried out
 */
export function applyRules(
  rules: readonly InspectionRule[],
  world: RuleWorld,
  masking: Masking = 'always',
): RuleOutcome {
  const { node, ports, traits, pluginData } = structuredClone(world) as RuleWorld;
  const effects: RuleEffects = { node, ports: [...ports], traits: new Set(traits), pluginData, log: [], calls: [] };
  const reported = (value: JsonObject, { sensitive }: InspectionRule) =>
    masking === 'never' || (masking === 'sensitive' && sensitive) ? value : masked(value, isReportedSecret);
  const applied: string[] = [];
  for (const rule of rules.toSorted((a, b) => b.priority - a.priority)) {
    const inventory = reported(world.inventory, rule);
    const context = () => ({
      node: masked(effects.node, isSecretName),
      inventory,
      plugin_data: reported(effects.pluginData, rule),
    });
    if (!rule.conditions.every((condition) => holds(condition, context()))) continue;
    for (const action of rule.actions) act(action, context, effects);
    applied.push(rule.uuid);
  }
  return { ...effects, traits: [...effects.traits].toSorted(), applied };
}

function holds(condition: RuleCondition, context: JsonObject): boolean {
  const { name, isInverted } = parseOperator(condition.op);
  const operator = OPERATORS[name];
  if (operator === undefined) throw new BareMetalError('InspectionRuleFailed', `There is no operator ${name}.`);
  const check = (item?: { item: unknown }): boolean => {
    const args = preparedArguments(condition, operator, { ...context, ...item }, name === 'is-empty');
    // In a loop a number may have become a text on its way.
    const isLooping = item !== undefined && (operator.optional?.includes('force_strings') ?? false);
    return operator.holds(isLooping ? { ...args, force_strings: true } : args) !== isInverted;
  };
  const { loop, multiple = 'any' } = condition;
  if (!hasLoop(loop)) return check();
  if (!Array.isArray(loop)) return check({ item: loop });
  const results = loop.map((item: unknown) => check({ item }));
  if (multiple === 'all') return results.every(Boolean);
  if (multiple === 'last') return results.at(-1) ?? false;
  return results.some(Boolean);
}

function act(action: RuleAction, context: () => JsonObject, effects: RuleEffects): void {
  const known = ACTIONS[action.op];
  if (known === undefined) throw new BareMetalError('InspectionRuleFailed', `There is no action ${action.op}.`);
  const run = (item?: { item: unknown }): void =>
    known.run(preparedArguments(action, known, { ...context(), ...item }, false), effects);
  const { loop } = action;
  if (!hasLoop(loop)) run();
  else if (Array.isArray(loop)) for (const item of loop as unknown[]) run({ item });
  else run({ item: loop });
}

function hasLoop(loop: RuleAction['loop']): loop is NonNullable<RuleAction['loop']> {
  return loop !== undefined && Object.keys(loop).length > 0;
}

/** Arguments with their texts filled in: those that the signature names, and in a loop all of them. */
function preparedArguments(
  { args, loop }: RuleCondition | RuleAction,
  signature: Signature,
  context: JsonObject,
  emptyWhenMissing: boolean,
): JsonObject {
  const isLooping = hasLoop(loop);
  const fill = (value: unknown): unknown => {
    const once = fillInAll(value, context, emptyWhenMissing);
    // What a loop's item says may have fields of its own.
    return isLooping ? fillInAll(once, context, emptyWhenMissing) : once;
  };
  return Object.fromEntries(
    Object.entries(namedArguments(args, signature)).map(([name, value]) => [
      name,
      isLooping || (signature.formatted?.includes(name) ?? false) ? fill(value) : value,
    ]),
  );
}

// Ironic's list of what an agent may report (SENSITIVE_FIELDS).
const REPORTED_SECRETS = new Set(['password', 'auth_token', 'bmc_password']);
const isReportedSecret = (name: string): boolean => REPORTED_SECRETS.has(name);

/** What a rule may copy to where it is shown: no secret. */
function masked(value: unknown, isSecret: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, isSecret));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSecret(name) ? '***' : masked(inner, isSecret)]),
  );
}
