import { z } from 'zod';
import { getIndicatorState } from '../../db/device-changes.ts';
import type { HardwareTypeFacts, IndicatorFacts } from '../../db/workers.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { awaitOperation } from '../operation-result.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupported } from '../unsupported.ts';
import { findNode } from './change.ts';
import { requireChangeable, startDeviceChange } from './device-change.ts';
import { nameOf, nodeOf } from './find.ts';

/** /v1/nodes/{node}/management/indicators: lamps of a machine, each named `lamp@component`. */
export function indicatorRoutes(tools: Tools): Route[] {
  const path = '/v1/nodes/:node/management/indicators';
  return [
    route({
      method: 'get',
      path,
      rule: 'baremetal:node:get_indicator_state',
      run: async ({ params, context }) => {
        const ident = nameOf(params, context);
        const lamps = await indicatorsOf(tools, await findNode(tools.db, ident));
        const views = byName(lamps).flatMap(([component, names]) =>
          byName(names).map(([name, facts]) => indicatorView({ ident, component, name, facts }, context)),
        );
        return { status: 200, body: { indicators: views } };
      },
    }),
    route({
      method: 'get',
      path: `${path}/:indicator`,
      rule: 'baremetal:node:get_indicator_state',
      run: async ({ params, context }) => {
        const node = await nodeOf(tools.db, params, context);
        const unique = params['indicator'] ?? '';
        const { state } = namedIndicator(await indicatorsOf(tools, node), unique);
        const switched = await getIndicatorState(tools.db, { nodeUuid: node.uuid, ...splitName(unique) });
        return { status: 200, body: { state: switched ?? state } };
      },
    }),
    route({
      method: 'put',
      path: `${path}/:indicator`,
      rule: 'baremetal:node:set_indicator_state',
      bodyName: 'indicator request',
      body: z.strictObject({ state: z.string() }),
      run: async ({ params, body: { state }, context }) => {
        const node = await nodeOf(tools.db, params, context);
        const lamp = splitName(params['indicator'] ?? '');
        const what = 'indicator';
        await requireChangeable(tools, node, { what, extension: 'set_indicator_state' });
        requireSwitchable(namedIndicator(await indicatorsOf(tools, node), params['indicator'] ?? ''), state);
        await awaitOperation(
          tools,
          await startDeviceChange(tools, { node, change: { what, ...lamp, state } }, context),
        );
        return { status: 204 };
      },
    }),
  ];
}

function requireSwitchable({ readonly, states }: IndicatorFacts, state: string): void {
  if (!readonly && states.includes(state)) return;
  const why = readonly ? 'the indicator can only be read' : `it can be ${states.join(', ')}`;
  throw new BareMetalError('InvalidParameterValue', `Invalid indicator state ${state}: ${why}.`);
}

async function indicatorsOf({ db }: Tools, node: Node): Promise<NonNullable<HardwareTypeFacts['indicators']>> {
  const { indicators } = await hardwareTypeOfSite(db, node.driver, node.conductorGroup);
  if (indicators === undefined) throw unsupported(node.driver, 'get_supported_indicators');
  return indicators;
}

const byName = <Value>(record: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));

interface Indicator {
  readonly ident: string;
  readonly component: string;
  readonly name: string;
  readonly facts: IndicatorFacts;
}

function indicatorView({ ident, component, name, facts }: Indicator, { origin }: RequestContext) {
  const unique = `${name}@${component}`;
  const below = `nodes/${ident}/management/indicators/${unique}`;
  return {
    name: unique,
    component,
    readonly: facts.readonly,
    states: facts.states,
    links: [
      { href: `${origin}/v1/${below}`, rel: 'self' },
      { href: `${origin}/${below}`, rel: 'bookmark' },
    ],
  };
}

function splitName(unique: string): { name: string; component: string } {
  const at = unique.indexOf('@');
  if (at < 0) throw new BareMetalError('InvalidParameterValue', `Malformed indicator name "${unique}"`);
  return { name: unique.slice(0, at), component: unique.slice(at + 1) };
}

function namedIndicator(lamps: NonNullable<HardwareTypeFacts['indicators']>, unique: string): IndicatorFacts {
  const { name, component } = splitName(unique);
  const facts = lamps[component]?.[name];
  if (facts !== undefined) return facts;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Invalid indicator ${unique}: the machine has ${Object.keys(lamps).join(', ')}.`,
  );
}
