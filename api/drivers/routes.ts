import { z } from 'zod';
import { listWorkers, type HardwareTypeFacts } from '../../db/workers.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { INTERFACE_KINDS } from '../../domain/node.ts';
import { LOGICAL_DISK_PROPERTIES } from '../../domain/raid.ts';
import { choiceOf, onlyFields } from '../field-choice.ts';
import { defaultInterface, enabledInterfaces } from '../hardware.ts';
import { requireVersion } from '../microversion.ts';
import { commaList, queryBoolean } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupportedRaid } from '../unsupported.ts';
import { passthruRoutes } from '../vendor-passthru.ts';

/** A hardware type and the living workers that offer it. */
interface OfferedType {
  readonly facts: HardwareTypeFacts;
  readonly hosts: readonly string[];
}

const DYNAMIC_SINCE = 30;
const PROPERTIES_LINK_SINCE = 14;
const FIELDS_SINCE = 77;
const RAID_SINCE = 12;

/** /v1/drivers: the hardware types that living workers offer. */
export function driverRoutes(tools: Tools): Route[] {
  return [...typeRoutes(tools), ...detailRoutes(tools), ...vendorRoutes(tools)];
}

function typeRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/drivers',
      rule: 'baremetal:driver:get',
      query: z.strictObject({
        type: z.enum(['classic', 'dynamic']).optional(),
        detail: queryBoolean.optional(),
        fields: commaList.optional(),
      }),
      run: async ({ query, context }) => {
        if (query.type !== undefined || query.detail !== undefined) requireVersion(context.version, DYNAMIC_SINCE);
        if (query.fields !== undefined) requireVersion(context.version, FIELDS_SINCE);
        const isDetailed = choiceOf(query) === 'all';
        // There have been no classic drivers since Ironic 11.
        const offered = query.type === 'classic' ? [] : await offeredTypes(tools);
        const drivers = offered.map((type) =>
          onlyFields(driverView(type, context, isDetailed), query.fields, 'a driver'),
        );
        return { status: 200, body: { drivers } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/drivers/:driver',
      rule: 'baremetal:driver:get',
      query: z.strictObject({ fields: commaList.optional() }),
      run: async ({ params, query, context }) => {
        if (query.fields !== undefined) requireVersion(context.version, FIELDS_SINCE);
        const type = await offeredType(tools, params['driver'] ?? '');
        return { status: 200, body: onlyFields(driverView(type, context, true), query.fields, 'a driver') };
      },
    }),
  ];
}

function detailRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/drivers/:driver/properties',
      rule: 'baremetal:driver:get_properties',
      run: async ({ params }) => ({
        status: 200,
        body: (await offeredType(tools, params['driver'] ?? '')).facts.properties,
      }),
    }),
    route({
      method: 'get',
      path: '/v1/drivers/:driver/raid/logical_disk_properties',
      rule: 'baremetal:driver:get_raid_logical_disk_properties',
      run: async ({ params, context }) => {
        requireVersion(context.version, RAID_SINCE);
        const { facts } = await offeredType(tools, params['driver'] ?? '');
        if (defaultInterface(facts, 'raid') === 'no-raid') throw unsupportedRaid(facts.name);
        return { status: 200, body: LOGICAL_DISK_PROPERTIES };
      },
    }),
  ];
}

/** Methods of a hardware type itself, without a node: none has any, in Ironic neither. */
function vendorRoutes(tools: Tools): Route[] {
  return passthruRoutes({
    path: '/v1/drivers/:driver',
    rule: 'baremetal:driver:vendor_passthru',
    async methodsOf(params) {
      await offeredType(tools, params['driver'] ?? '');
      return {};
    },
  });
}

async function offeredTypes({ db }: Tools): Promise<OfferedType[]> {
  const living = (await listWorkers(db)).filter((worker) => worker.alive);
  const offers = living.flatMap(({ hostname, hardwareTypes }) => hardwareTypes.map((facts) => ({ hostname, facts })));
  const names = [...new Set(offers.map(({ facts }) => facts.name))].toSorted();
  return names.flatMap((name) => {
    const same = offers.filter(({ facts }) => facts.name === name);
    const [first] = same;
    return first === undefined ? [] : [{ facts: first.facts, hosts: same.map(({ hostname }) => hostname) }];
  });
}

async function offeredType(tools: Tools, name: string): Promise<OfferedType> {
  const type = (await offeredTypes(tools)).find(({ facts }) => facts.name === name);
  if (type !== undefined) return type;
  throw new BareMetalError('DriverNotFound', `Could not find the following driver(s) or hardware type(s): ${name}.`);
}

function driverView({ facts, hosts }: OfferedType, { origin, version }: RequestContext, detail: boolean) {
  const links = (path: string) => [
    { href: `${origin}/v1/drivers/${path}`, rel: 'self' },
    { href: `${origin}/drivers/${path}`, rel: 'bookmark' },
  ];
  return {
    name: facts.name,
    hosts,
    links: links(facts.name),
    ...(version >= PROPERTIES_LINK_SINCE ? { properties: links(`${facts.name}/properties`) } : {}),
    ...(version >= DYNAMIC_SINCE ? { type: 'dynamic' } : {}),
    ...(version >= DYNAMIC_SINCE && detail ? interfaceFields(facts, version) : {}),
  };
}

/** Interface kinds that are younger than dynamic drivers themselves. */
const INTERFACE_SINCE: Readonly<Record<string, number>> = { storage: 33, rescue: 38, bios: 40, firmware: 86 };

function interfaceFields(facts: HardwareTypeFacts, version: number): Record<string, unknown> {
  const kinds = INTERFACE_KINDS.filter((kind) => version >= (INTERFACE_SINCE[kind] ?? DYNAMIC_SINCE));
  const fields = kinds.flatMap((kind) => [
    [`default_${kind}_interface`, defaultInterface(facts, kind)],
    [`enabled_${kind}_interfaces`, enabledInterfaces(facts, kind)],
  ]);
  return Object.fromEntries(fields) as Record<string, unknown>;
}
