import { BareMetalError } from '../errors.ts';
import type { JsonObject } from '../node.ts';
import { setCapability } from '../capabilities.ts';
import { CALL_ARGUMENTS, callOf, type RuleCall } from './calls.ts';
import { pythonText } from './format.ts';
import { isSame } from './operators.ts';
import { addTo, pathOf, removeFrom, setIn } from './paths.ts';
import type { Signature } from './rule.ts';

/** What actions change: copies of what the rules were given, and what is to be done afterwards. */
export interface RuleEffects {
  readonly node: JsonObject;
  readonly ports: JsonObject[];
  readonly traits: Set<string>;
  readonly pluginData: JsonObject;
  readonly log: { readonly level: string; readonly message: string }[];
  readonly calls: RuleCall[];
}

/** An action: how it is called, and what it does. */
export interface Action extends Signature {
  readonly run: (args: JsonObject, effects: RuleEffects) => void;
}

const LEVELS = ['debug', 'info', 'warning', 'error', 'critical'];
const SET = { required: ['path', 'value'], formatted: ['value'] };
const EXTEND = { ...SET, optional: ['unique'] };
const PORT_SET = { required: ['port_id', 'path', 'value'], formatted: ['value'] };
const text = pythonText;

/** All actions, as Ironic 39 has them (ironic/common/inspection_rules). */
export const ACTIONS: Readonly<Record<string, Action>> = {
  fail: {
    required: ['msg'],
    run: ({ msg }) => {
      throw new BareMetalError('InspectionRuleFailed', text(msg));
    },
  },
  log: {
    required: ['msg'],
    optional: ['level'],
    formatted: ['msg'],
    run: ({ msg, level = 'info' }, { log }) => {
      const word = text(level).toLowerCase();
      if (!LEVELS.includes(word)) throw failure('log', `${word} is not one of ${LEVELS.join(', ')}`);
      log.push({ level: word, message: text(msg) });
    },
  },
  'set-attribute': { ...SET, run: ({ path, value }, { node }) => setIn(node, pathOf(path), value) },
  'extend-attribute': {
    ...EXTEND,
    run: ({ path, value, unique }, { node }) => addTo(node, pathOf(path), uniquely(value, unique)),
  },
  'del-attribute': { required: ['path'], run: ({ path }, { node }) => removeFrom(node, pathOf(path)) },
  'set-capability': {
    required: ['name', 'value'],
    formatted: ['value'],
    run: ({ name, value }, { node }) => changeCapability(node, text(name), text(value)),
  },
  'unset-capability': { required: ['name'], run: ({ name }, { node }) => changeCapability(node, text(name), null) },
  'add-trait': { required: ['name'], run: ({ name }, { traits }) => void traits.add(traitOf(name)) },
  'remove-trait': { required: ['name'], run: ({ name }, { traits }) => void traits.delete(text(name)) },
  'set-plugin-data': { ...SET, run: ({ path, value }, { pluginData }) => setIn(pluginData, dotted(path), value) },
  'extend-plugin-data': {
    ...EXTEND,
    run: ({ path, value, unique }, { pluginData }) => addTo(pluginData, dotted(path), uniquely(value, unique)),
  },
  'unset-plugin-data': {
    required: ['path'],
    run: ({ path }, { pluginData }) => removeFrom(pluginData, dotted(path), { mayBeMissing: true }),
  },
  'set-port-attribute': {
    ...PORT_SET,
    run: ({ port_id: id, path, value }, effects) => setIn(portOf(effects, id), pathOf(path), value),
  },
  'extend-port-attribute': {
    ...PORT_SET,
    optional: ['unique'],
    run: ({ port_id: id, path, value, unique }, effects) =>
      addTo(portOf(effects, id), pathOf(path), uniquely(value, unique)),
  },
  'del-port-attribute': {
    required: ['port_id', 'path'],
    run: ({ port_id: id, path }, effects) => removeFrom(portOf(effects, id), pathOf(path)),
  },
  'api-call': { ...CALL_ARGUMENTS, run: (args, { calls }) => void calls.push(callOf(args)) },
};

const dotted = (path: unknown): string[] => text(path).split('.');

function uniquely(value: unknown, unique: unknown): (list: readonly unknown[]) => unknown[] {
  return (list) => (unique === true && list.some((item) => isSame(item, value)) ? [...list] : [...list, value]);
}

function traitOf(name: unknown): string {
  const trait = text(name);
  if (/^[A-Z0-9_]{1,255}$/.test(trait)) return trait;
  throw failure('add-trait', `${trait} is no trait`);
}

function portOf({ ports }: RuleEffects, id: unknown): JsonObject {
  const port = ports.find(({ uuid }) => uuid === id);
  if (port !== undefined) return port;
  throw failure('port attribute', `the node has no port ${text(id)}`);
}

function changeCapability(node: JsonObject, name: string, value: string | null): void {
  const properties = node['properties'] as JsonObject;
  properties['capabilities'] = setCapability(properties['capabilities'], name, value);
}

function failure(name: string, reason: string): BareMetalError {
  return new BareMetalError('InspectionRuleFailed', `Action ${name}: ${reason}.`);
}
