import { z } from 'zod';
import type { HardwareTypeFacts, IndicatorFacts } from '../../db/workers.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupported } from '../unsupported.ts';
import { findNode } from './change.ts';
import { nameOf } from './routes.ts';

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
        const views = Object.entries(lamps).flatMap(([component, names]) =>
          Object.entries(names).map(([name, facts]) => indicatorView({ ident, component, name, facts }, context)),
        );
        return { status: 200, body: { indicators: views } };
      },
    }),
    route({
      method: 'get',
      path: `${path}/:indicator`,
      rule: 'baremetal:node:get_indicator_state',
      run: async ({ params, context }) => {
        const node = await findNode(tools.db, nameOf(params, context));
        const { state } = namedIndicator(await indicatorsOf(tools, node), params['indicator'] ?? '');
        return { status: 200, body: { state } };
      },
    }),
    route({
      method: 'put',
      path: `${path}/:indicator`,
      rule: 'baremetal:node:set_indicator_state',
      bodyName: 'indicator request',
      body: z.strictObject({ state: z.string() }),
      run: async ({ params, context }) => {
        const node = await findNode(tools.db, nameOf(params, context));
        splitName(params['indicator'] ?? '');
        throw unsupported(node.driver, 'set_indicator_state');
      },
    }),
  ];
}

async function indicatorsOf({ db }: Tools, node: Node): Promise<NonNullable<HardwareTypeFacts['indicators']>> {
  const { indicators } = await hardwareTypeOfSite(db, node.driver, node.conductorGroup);
  if (indicators === undefined) throw unsupported(node.driver, 'get_supported_indicators');
  return indicators;
}

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
