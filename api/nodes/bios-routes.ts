import { z } from 'zod';
import { listBiosSettings, type BiosSetting } from '../../db/bios-settings.ts';
import { listFirmwareComponents, type FirmwareComponent } from '../../db/firmware-components.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { choiceOf, refuseUnknownFields, type FieldQuery } from '../field-choice.ts';
import { commaList, queryBoolean } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findNode } from './change.ts';
import { nameOf, nodeOf } from './find.ts';

/** BIOS settings and firmware of a node as they were last read from the machine. */
export function biosRoutes(tools: Tools): Route[] {
  return [...settingRoutes(tools), firmwareRoute(tools)];
}

const SINCE = 40;
/** Since then a setting comes with what the BIOS's registry says of it, and a list takes `fields` and `detail`. */
const REGISTRY_SINCE = 74;

const BRIEF = ['name', 'value'] as const;
const REGISTRY = [
  ...BRIEF,
  'attribute_type',
  'allowable_values',
  'lower_bound',
  'max_length',
  'min_length',
  'read_only',
  'reset_required',
  'unique',
  'upper_bound',
] as const;

function settingRoutes({ db }: Tools): Route[] {
  const path = '/v1/nodes/:node/bios';
  return [
    route({
      method: 'get',
      path,
      rule: 'baremetal:node:bios:get',
      since: SINCE,
      query: z.strictObject({ detail: queryBoolean.optional(), fields: commaList.optional() }),
      run: async ({ params, query, context }) => {
        const ident = nameOf(params, context);
        const node = await findNode(db, ident);
        const fields = settingFields(query, context);
        const settings = await listBiosSettings(db, node.uuid);
        return { status: 200, body: { bios: settings.map((setting) => settingView(setting, fields, ident, context)) } };
      },
    }),
    route({
      method: 'get',
      path: `${path}/:setting`,
      rule: 'baremetal:node:bios:get',
      since: SINCE,
      run: async ({ params, context }) => {
        const node = await nodeOf(db, params, context);
        const name = params['setting'] ?? '';
        const setting = (await listBiosSettings(db, node.uuid)).find((candidate) => candidate.name === name);
        if (setting === undefined) {
          throw new BareMetalError('NotFound', `Node ${node.uuid} doesn't have a BIOS setting '${name}'`);
        }
        const fields = context.version >= REGISTRY_SINCE ? REGISTRY : BRIEF;
        return { status: 200, body: { [name]: settingView(setting, fields, node.uuid, context) } };
      },
    }),
  ];
}

function settingFields(query: FieldQuery, { version }: RequestContext): readonly string[] {
  if (version < REGISTRY_SINCE && (query.detail ?? query.fields) !== undefined) {
    throw new BareMetalError(
      'InvalidParameterValue',
      `detail and fields need API version 1.${REGISTRY_SINCE} or newer.`,
    );
  }
  const choice = choiceOf(query);
  if (choice === 'all') return REGISTRY;
  return choice === 'list' ? BRIEF : known(choice, REGISTRY, 'a BIOS setting');
}

function known(fields: readonly string[], names: readonly string[], what: string): readonly string[] {
  refuseUnknownFields(fields, what, (name) => names.includes(name));
  return fields;
}

function settingView(setting: BiosSetting, fields: readonly string[], ident: string, { origin }: RequestContext) {
  const { created_at, updated_at } = setting;
  const below = `nodes/${ident}/bios/${setting.name}`;
  const links = [
    { href: `${origin}/v1/${below}`, rel: 'self' },
    { href: `${origin}/${below}`, rel: 'bookmark' },
  ];
  return { created_at, updated_at, ...picked(setting, fields), links };
}

function picked(record: object, fields: readonly string[]): Record<string, unknown> {
  const values = new Map(Object.entries(record));
  return Object.fromEntries(fields.map((name) => [name, values.get(name)]));
}

const IDENTITY_SINCE = 114;
const FIRMWARE = ['component', 'initial_version', 'current_version', 'last_version_flashed'] as const;
const IDENTITY = [...FIRMWARE, 'vendor', 'model', 'serial_number'] as const;

function firmwareRoute({ db }: Tools): Route {
  return route({
    method: 'get',
    path: '/v1/nodes/:node/firmware',
    rule: 'baremetal:node:firmware:get',
    since: 86,
    query: z.strictObject({ detail: queryBoolean.optional(), fields: commaList.optional() }),
    run: async ({ params, query, context }) => {
      const node = await nodeOf(db, params, context);
      const names = context.version >= IDENTITY_SINCE ? IDENTITY : FIRMWARE;
      const fields = known(query.fields ?? names, names, 'firmware in this API version');
      const components = await listFirmwareComponents(db, node.uuid);
      return { status: 200, body: { firmware: components.map((component) => componentView(component, fields)) } };
    },
  });
}

function componentView(component: FirmwareComponent, fields: readonly string[]) {
  const { created_at, updated_at } = component;
  return { created_at, updated_at, ...picked(component, fields) };
}
