import { z } from 'zod';
import { PROVISION_STATES } from '../../domain/provision-states.ts';
import { allocations } from '../allocations/resource.ts';
import { chassis } from '../chassis/resource.ts';
import { deployTemplates } from '../deploy-templates/resource.ts';
import { inspectionRules } from '../inspection-rules/resource.ts';
import { NODE_FIELDS } from '../nodes/fields.ts';
import { portgroups } from '../portgroups/resource.ts';
import { PORT_FIELDS } from '../ports/fields.ts';
import type { Presented } from '../resource/definition.ts';
import { runbooks } from '../runbooks/resource.ts';
import { volumeConnectors, volumeTargets } from '../volume/resources.ts';
import { EventStream, Operation, OWN_ANSWERS, page, Plan } from './own-answers.ts';

/** What each line of the API answers when all is well, by status; null where there is no body. */
export type AnswerTable = Readonly<Record<string, Readonly<Record<string, z.ZodType | null>>>>;

/** Every error, in both of Ironic's shapes: `error_message` is JSON in JSON; `error` when nobody was proved to ask. */
export const Fault = z.union([
  z.strictObject({ error_message: z.string() }),
  z.strictObject({ error: z.strictObject({ message: z.string(), code: z.int(), title: z.string().optional() }) }),
]);

const text = z.string().nullable();
const time = z.iso.datetime({ offset: true }).nullable();
const json = z.record(z.string(), z.unknown());
const link = z.looseObject({ href: z.string(), rel: z.string() });
const links = z.array(link);

const OF_ENCODING = { text, time, object: json, masked: json, bare: z.unknown() } as const;

/** A resource whose fields are a table: each may be absent, by version and by choice. */
function fieldsOf(
  fields: readonly { readonly name: string; readonly as?: unknown }[],
  known: Readonly<Record<string, z.ZodType>> = {},
) {
  const encoded: Readonly<Record<string, z.ZodType>> = OF_ENCODING;
  const shape = fields.map(({ name, as }) => [name, (known[name] ?? encoded[String(as)] ?? z.unknown()).optional()]);
  return z.strictObject(Object.fromEntries(shape) as Record<string, z.ZodOptional>);
}

const state = z.enum(PROVISION_STATES).nullable();
const Node = fieldsOf(NODE_FIELDS, {
  links,
  ports: links,
  states: links,
  maintenance: z.boolean(),
  traits: z.array(z.string()),
  provision_state: state,
  target_provision_state: state,
  power_state: z.enum(['power on', 'power off']).nullable(),
});
const Port = fieldsOf(PORT_FIELDS, { links, is_smartnic: z.boolean(), pxe_enabled: z.boolean() });

const shown = (item: z.ZodType) => ({ '200': item });
const made = (item: z.ZodType) => ({ '201': item });
const empty = (status: number) => ({ [status]: null });

const readiness = z.strictObject({ postgresql: z.string(), temporal: z.string() });
const verdict = z.looseObject({ result: z.boolean(), reason: z.string().optional() });
const bootDevice = z.strictObject({ boot_device: text, persistent: z.boolean().nullable() });
const historyLine = z.looseObject({ uuid: z.uuid(), created_at: z.string(), severity: z.string(), event: z.string() });

/** Ironic's smaller resources, all alike (api/resource/routes.ts). */
function ofResource({ path, collection, fields }: Presented & { readonly collection: string }): AnswerTable {
  const item = fieldsOf(fields);
  return {
    [`get /v1/${path}`]: page(collection, item),
    [`get /v1/${path}/detail`]: page(collection, item),
    [`get /v1/${path}/:ident`]: shown(item),
    [`post /v1/${path}`]: made(item),
    [`patch /v1/${path}/:ident`]: shown(item),
    [`delete /v1/${path}/:ident`]: empty(204),
  };
}

/** The lines whose answers are told of; the others answer something, or nothing. */
export const ANSWERS: AnswerTable = {
  'get /v1/nodes': page('nodes', Node),
  'get /v1/nodes/detail': page('nodes', Node),
  'post /v1/nodes': made(Node),
  'get /v1/nodes/:node': shown(Node),
  'patch /v1/nodes/:node': shown(Node),
  'delete /v1/nodes/:node': empty(204),
  'get /v1/nodes/:node/states': shown(Node),
  'put /v1/nodes/:node/states/provision': empty(202),
  'post /v1/nodes/:node/states/provision': shown(Plan),
  'put /v1/nodes/:node/states/power': empty(202),
  'put /v1/nodes/:node/maintenance': empty(202),
  'delete /v1/nodes/:node/maintenance': empty(202),
  'get /v1/nodes/validate': shown(z.record(z.string(), verdict)),
  'get /v1/nodes/:node/validate': shown(z.record(z.string(), verdict)),
  'get /v1/nodes/:node/traits': shown(z.strictObject({ traits: z.array(z.string()) })),
  'put /v1/nodes/:node/traits': empty(204),
  'get /v1/nodes/:node/vifs': shown(z.strictObject({ vifs: z.array(z.looseObject({ id: z.string() })) })),
  'get /v1/nodes/:node/management/boot_device': shown(bootDevice),
  'get /v1/nodes/:node/management/boot_device/supported': shown(
    z.strictObject({ supported_boot_devices: z.array(z.string()) }),
  ),
  'get /v1/nodes/:node/history': page('history', historyLine),
  'get /v1/nodes/:node/inventory': shown(z.strictObject({ inventory: json, plugin_data: json })),
  'get /v1/nodes/:node/ports': page('ports', Port),
  'get /v1/ports': page('ports', Port),
  'get /v1/ports/detail': page('ports', Port),
  'post /v1/ports': made(Port),
  'get /v1/ports/:port': shown(Port),
  'patch /v1/ports/:port': shown(Port),
  'delete /v1/ports/:port': empty(204),
  ...ofResource(allocations),
  ...ofResource(chassis),
  ...ofResource(deployTemplates),
  ...ofResource(inspectionRules),
  ...ofResource(portgroups),
  ...ofResource(runbooks),
  ...ofResource(volumeConnectors),
  ...ofResource(volumeTargets),
  'get /v1/nodes/:node/allocation': shown(fieldsOf(allocations.fields)),
  'delete /v1/nodes/:node/allocation': empty(204),
  'get /v1/nodes/:node/portgroups': page('portgroups', fieldsOf(portgroups.fields)),
  'get /v1/nodes/:node/volume/connectors': page('connectors', fieldsOf(volumeConnectors.fields)),
  'get /v1/nodes/:node/volume/targets': page('targets', fieldsOf(volumeTargets.fields)),
  'get /v1/chassis/:chassis/nodes': page('nodes', Node),
  'get /v1/runbooks/:runbook/traits': shown(z.strictObject({ traits: z.array(z.string()) })),
  'get /v1/shards': shown(z.strictObject({ shards: z.array(z.strictObject({ name: z.string(), count: z.int() })) })),
  'post /v1/events': empty(204),
  'get /v1/drivers': shown(z.strictObject({ drivers: z.array(z.looseObject({ links })) })),
  'get /v1/drivers/:driver': shown(z.looseObject({ links })),
  'get /v1/drivers/:driver/properties': shown(z.record(z.string(), z.string())),
  'get /v1/conductors': page('conductors', z.looseObject({ links })),
  'get /v1/conductors/:host': shown(z.looseObject({ links })),
  'get /v1/nodes/:node/operations': page('operations', Operation),
  'get /v1/nodes/:node/operations/:operation': shown(Operation),
  'get /v1/nodes/:node/operations/:operation/events': EventStream,
  ...OWN_ANSWERS,
  'put /v1/nodes/:node/management/boot_device': empty(204),
  'put /v1/nodes/:node/management/inject_nmi': empty(204),
  'put /v1/nodes/:node/states/raid': empty(204),
  'get /v1/nodes/:node/states/console': shown(
    z.strictObject({ console_enabled: z.boolean(), console_info: json.nullable() }),
  ),
  'get /v1/nodes/:node/vendor_passthru/methods': shown(json),
  'get /v1/nodes/:node/bios': shown(z.strictObject({ bios: z.array(z.looseObject({ links })) })),
  'get /v1/nodes/:node/firmware': shown(z.strictObject({ firmware: z.array(json) })),
  'get /v1/nodes/:node/children': shown(z.strictObject({ children: z.array(z.string()), links: link })),
  'delete /v1/nodes/:node/traits': empty(204),
  'put /v1/nodes/:node/traits/:trait': empty(204),
  'delete /v1/nodes/:node/traits/:trait': empty(204),
  'post /v1/nodes/:node/vifs': empty(204),
  'delete /v1/nodes/:node/vifs/:vif': empty(204),
  'get /v1/nodes/:node/history/:event': shown(historyLine),
  'get /v1/nodes/:node/ports/detail': page('ports', Port),
  'get /v1/portgroups/:portgroup/ports': page('ports', Port),
  'get /v1/portgroups/:portgroup/ports/detail': page('ports', Port),
  'get /v1/nodes/:node/portgroups/detail': page('portgroups', fieldsOf(portgroups.fields)),
  'get /v1/chassis/:chassis/nodes/detail': page('nodes', Node),
  'get /v1/volume': shown(z.strictObject({ links, connectors: links, targets: links })),
  'get /v1/nodes/:node/volume': shown(z.strictObject({ links, connectors: links, targets: links })),
  'put /v1/runbooks/:runbook/traits': empty(204),
  'delete /v1/runbooks/:runbook/traits': empty(204),
  'put /v1/runbooks/:runbook/traits/:trait': empty(204),
  'delete /v1/runbooks/:runbook/traits/:trait': empty(204),
  'get /v1/drivers/:driver/raid/logical_disk_properties': shown(json),
  'get /v1/drivers/:driver/vendor_passthru/methods': shown(json),
  'get /v1/lookup': shown(z.strictObject({ node: json, config: json })),
  'post /v1/heartbeat/:node': empty(202),
  'post /v1/continue_inspection': { '202': z.strictObject({ uuid: z.uuid() }) },
  'get /': shown(z.looseObject({ name: z.string(), versions: z.array(json) })),
  'get /v1': shown(z.looseObject({ id: z.literal('v1'), links: z.array(json) })),
  'get /readyz': { '200': readiness, '503': readiness },
  'get /healthz': shown(z.strictObject({ status: z.literal('ok') })),
  'get /openapi.json': shown(z.looseObject({ openapi: z.literal('3.1.0') })),
};
