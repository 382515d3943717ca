import { isObject } from '../json.ts';
import type { JsonObject } from '../node.ts';

/** A rule that is applied at the end of an inspection (Ironic: inspection rules, since API 1.96). */
export interface InspectionRule {
  readonly uuid: string;
  readonly priority: number;
  readonly description: string | null;
  readonly phase: string | null;
  /** Its conditions and actions are shown to nobody. */
  readonly sensitive: boolean;
  readonly conditions: readonly RuleCondition[];
  readonly actions: readonly RuleAction[];
}

/** Arguments of an operator or action by name; the list form, in the order of the signature, is old. */
export type RuleArguments = JsonObject | readonly unknown[];

/** What must hold; `!` before the operator turns it round. */
export interface RuleCondition {
  readonly op: string;
  readonly args: RuleArguments;
  /** The condition is tried with each as `item`. */
  readonly loop?: readonly unknown[] | JsonObject;
  readonly multiple?: 'any' | 'all' | 'first' | 'last';
}

/** What is done where all conditions hold. */
export interface RuleAction {
  readonly op: string;
  readonly args: RuleArguments;
  readonly loop?: readonly unknown[] | JsonObject;
}

/** The one phase of Ironic 39: after the inventory was taken, before the inspection ends. */
export const RULE_PHASES = ['main'] as const;

/** How an operator or action is called. */
export interface Signature {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  /** Arguments in whose text `{node…}`, `{inventory…}` and `{plugin_data…}` are filled in. */
  readonly formatted?: readonly string[];
}

/** What rules read and change; named as the API names it. */
export interface RuleWorld {
  /** Fields of the node that rules may change, and `uuid`. */
  readonly node: JsonObject;
  readonly ports: readonly JsonObject[];
  readonly traits: readonly string[];
  readonly inventory: JsonObject;
  readonly pluginData: JsonObject;
}

/** Arguments by name, whichever way they were written. */
export function namedArguments(args: RuleArguments, { required, optional = [] }: Signature): JsonObject {
  if (isObject(args)) return args;
  const list = args as readonly unknown[];
  const pairs = [...required, ...optional].map((name, index) => [name, list[index]] as const);
  return Object.fromEntries(pairs.slice(0, list.length));
}
