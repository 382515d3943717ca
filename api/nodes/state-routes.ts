import { z } from 'zod';
import { getNodeTexts } from '../../db/node-list.ts';
import { setMaintenance } from '../../db/nodes.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { ANNEAL_MEDIA } from '../media.ts';
import { isUuid } from '../../domain/ids.ts';
import { requireVersion } from '../microversion.ts';
import { createRowWriter, type RowWriter } from '../json-text.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { PROVISION_RULES, rulesOfProvision } from './access.ts';
import { findNode } from './change.ts';
import { memberOf, NODE_FIELDS } from './fields.ts';
import { planProvision } from './plan.ts';
import { changePower, PowerBody } from './power.ts';
import { changeProvisionState } from './provision.ts';
import { ProvisionBody } from './provision-arguments.ts';
import { queryBoolean, uuidText } from '../query-values.ts';
import { validateNode } from './validate.ts';
import type { NodeText } from '../../db/node-list.ts';
import { nameOf, NAMES_SINCE, nodeOf } from './find.ts';

/** States, provision, power, maintenance and validation of a node. */
export function nodeStateRoutes(tools: Tools): Route[] {
  return [...stateRoutes(tools), ...maintenanceRoutes(tools), ...validateRoutes(tools)];
}

function stateRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/nodes/:node/states',
      rule: 'baremetal:node:get_states',
      run: async ({ params, context }) => {
        const name = nameOf(params, context);
        const writer = stateWriter(context);
        const row = await getNodeTexts(tools.db, name, writer.columns);
        if (row === undefined) throw new BareMetalError('NodeNotFound', `Node ${name} could not be found.`);
        return { status: 200, json: writer.write(row) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/nodes/:node/states/provision',
      rule: { among: PROVISION_RULES, wanted: ({ body }) => rulesOfProvision(body) },
      large: true,
      bodyName: 'provision request',
      body: ProvisionBody,
      run: ({ params, body, context }) => changeProvisionState(tools, nameOf(params, context), body, context),
    }),
    route({
      method: 'post',
      path: '/v1/nodes/:node/states/provision',
      media: [ANNEAL_MEDIA],
      large: true,
      query: z.strictObject({ plan: z.literal('true') }),
      bodyName: 'provision request',
      body: ProvisionBody,
      rule: { among: PROVISION_RULES, wanted: ({ body }) => rulesOfProvision(body) },
      run: ({ params, body, context }) => planProvision(tools, nameOf(params, context), body, context),
    }),
    route({
      method: 'put',
      path: '/v1/nodes/:node/states/power',
      rule: 'baremetal:node:set_power_state',
      bodyName: 'power request',
      body: PowerBody,
      run: ({ params, body, context }) => changePower(tools, nameOf(params, context), body, context),
    }),
  ];
}

const STATE_FIELDS: ReadonlySet<string> = new Set([
  'console_enabled',
  'last_error',
  'power_state',
  'provision_state',
  'target_power_state',
  'target_provision_state',
  'provision_updated_at',
  'raid_config',
  'target_raid_config',
  'boot_mode',
  'secure_boot',
]);

/** GET N/states shows these fields, each from its version on. */
function stateWriter({ version, origin }: RequestContext): RowWriter<NodeText> {
  const shown = NODE_FIELDS.filter(({ name, since }) => STATE_FIELDS.has(name) && version >= since);
  return createRowWriter(shown.map((field) => memberOf(field, version, origin)));
}

function maintenanceRoutes(tools: Tools): Route[] {
  const change = async (
    call: { params: Readonly<Record<string, string>>; context: RequestContext },
    reason?: string | null,
  ) => {
    const node = await nodeOf(tools.db, call.params, call.context);
    const maintenance = reason !== undefined;
    await setMaintenance(tools.db, { nodeUuid: node.uuid, maintenance, reason: reason ?? null });
    return { status: 202 };
  };
  return [
    route({
      method: 'put',
      path: '/v1/nodes/:node/maintenance',
      rule: 'baremetal:node:set_maintenance',
      body: z.strictObject({ reason: z.string().nullish() }).nullish(),
      run: async (call) => await change(call, call.body?.reason ?? null),
    }),
    route({
      method: 'delete',
      path: '/v1/nodes/:node/maintenance',
      rule: 'baremetal:node:clear_maintenance',
      run: async (call) => await change(call),
    }),
  ];
}

function validateRoutes(tools: Tools): Route[] {
  const validate = async (name: string) => ({
    status: 200,
    body: await validateNode(tools.db, await findNode(tools.db, name)),
  });
  return [
    route({
      method: 'get',
      path: '/v1/nodes/validate',
      rule: 'baremetal:node:validate',
      subject: ({ query }) => ({ kind: 'node', ident: query.node ?? query.node_uuid ?? '', conceals: true }),
      query: z.strictObject({
        node: z.string().optional(),
        node_uuid: uuidText.optional(),
        verbose: queryBoolean.optional(),
      }),
      async run({ query, context }) {
        if (query.node !== undefined && !isUuid(query.node)) requireVersion(context.version, NAMES_SINCE);
        return await validate(query.node_uuid ?? query.node ?? '');
      },
    }),
    route({
      method: 'get',
      path: '/v1/nodes/:node/validate',
      rule: 'baremetal:node:validate',
      run: async ({ params, context }) => await validate(nameOf(params, context)),
    }),
  ];
}
