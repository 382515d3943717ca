import { z } from 'zod';
import { getPortTexts, listPortTexts } from '../../db/port-list.ts';
import { portgroupTable } from '../../db/portgroups.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isUuid } from '../../domain/ids.ts';
import { choiceOf } from '../field-choice.ts';
import { identOf } from '../ident.ts';
import { requireKnown, requireVersion } from '../microversion.ts';
import { findVisibleNode } from '../nodes/change.ts';
import { NAMES_SINCE, nodeOf } from '../nodes/find.ts';
import { PatchBody, ShowQuery } from '../nodes/schemas.ts';
import { pageLimit, pageOf, refuseEarlyDetail } from '../page.ts';
import { portgroups } from '../portgroups/resource.ts';
import { notFound } from '../resource/read.ts';
import { route, type Answer, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { createPort, findVisiblePort, patchPort, removePort } from './change.ts';
import { PORT_LIST_FIELDS, portSortColumn, portWriter } from './fields.ts';
import { NewPortBody, PORT_QUERY_SINCE, PortDetailQuery, PortListQuery } from './schemas.ts';

/** /v1/ports, and the ports of a node or of a portgroup. */
export function portRoutes(tools: Tools): Route[] {
  return [...listRoutes(tools), ...ofPortgroupRoutes(tools), ...itemRoutes(tools)];
}

function listRoutes(tools: Tools): Route[] {
  const ofNode = async (call: { params: Readonly<Record<string, string>>; context: RequestContext }) =>
    (await nodeOf(tools.db, call.params, call.context)).uuid;
  return [
    route({
      method: 'get',
      path: '/v1/ports',
      rule: { list: 'port' },
      query: PortListQuery,
      run: ({ query, context }) => listPorts(tools, query, context),
    }),
    route({
      method: 'get',
      path: '/v1/ports/detail',
      rule: { list: 'port' },
      query: PortDetailQuery,
      run: ({ query, context }) => listPorts(tools, query, context, { all: true }),
    }),
    route({
      method: 'get',
      path: '/v1/nodes/:node/ports',
      rule: { list: 'port' },
      query: PortListQuery,
      run: async (call) => listPorts(tools, call.query, call.context, { nodeUuid: await ofNode(call) }),
    }),
    route({
      method: 'get',
      path: '/v1/nodes/:node/ports/detail',
      rule: { list: 'port' },
      query: PortDetailQuery,
      run: async (call) => listPorts(tools, call.query, call.context, { nodeUuid: await ofNode(call), all: true }),
    }),
  ];
}

const OF_PORTGROUP_SINCE = 24;

function ofPortgroupRoutes(tools: Tools): Route[] {
  const path = '/v1/portgroups/:portgroup/ports';
  const portgroupOf = (params: Readonly<Record<string, string>>, context: RequestContext) =>
    uuidOfPortgroup(tools, params['portgroup'] ?? '', context);
  return [
    route({
      method: 'get',
      path,
      rule: { list: 'port' },
      since: OF_PORTGROUP_SINCE,
      query: PortListQuery,
      run: async ({ params, query, context }) =>
        listPorts(tools, query, context, { portgroupUuid: await portgroupOf(params, context) }),
    }),
    route({
      method: 'get',
      path: `${path}/detail`,
      rule: { list: 'port' },
      since: OF_PORTGROUP_SINCE,
      query: PortDetailQuery,
      run: async ({ params, query, context }) =>
        listPorts(tools, query, context, { portgroupUuid: await portgroupOf(params, context), all: true }),
    }),
  ];
}

async function uuidOfPortgroup({ db }: Pick<Tools, 'db'>, ident: string, { grant }: RequestContext): Promise<string> {
  const [uuid] = (await portgroupTable.show(db, ident, ['uuid'])) ?? [];
  if (uuid && (await portgroupTable.isVisible(db, uuid, grant.project))) return uuid;
  throw notFound(portgroups, ident);
}

function itemRoutes(tools: Tools): Route[] {
  const portOf = (params: Readonly<Record<string, string>>): string => identOf(params, 'port');
  return [
    route({
      method: 'post',
      path: '/v1/ports',
      rule: 'baremetal:port:create',
      subject: ({ body }) => ({ kind: 'node', ident: body.node_uuid ?? body.node_ident ?? '', conceals: false }),
      bodyName: 'port',
      body: NewPortBody,
      async run({ body, sent, context }) {
        const port = await createPort(tools.db, body, sent, context);
        const shown = await showPort(tools, port.uuid, context);
        return { ...shown, status: 201, location: `${context.origin}/v1/ports/${port.uuid}` };
      },
    }),
    route({
      method: 'get',
      path: '/v1/ports/:port',
      rule: 'baremetal:port:get',
      query: ShowQuery,
      run: ({ params, query, context }) => showPort(tools, portOf(params), context, query.fields),
    }),
    route({
      method: 'patch',
      path: '/v1/ports/:port',
      rule: 'baremetal:port:update',
      bodyName: 'patch',
      body: PatchBody,
      async run({ params, body, context }) {
        const port = await patchPort(tools.db, portOf(params), body, context);
        return await showPort(tools, port.uuid, context);
      },
    }),
    route({
      method: 'delete',
      path: '/v1/ports/:port',
      rule: 'baremetal:port:delete',
      query: z.strictObject({}),
      async run({ params }) {
        await removePort(tools.db, portOf(params));
        return { status: 204 };
      },
    }),
  ];
}

async function listPorts(
  { db, config }: Tools,
  query: PortListQuery,
  context: RequestContext,
  { nodeUuid, portgroupUuid, all = false }: { nodeUuid?: string; portgroupUuid?: string; all?: boolean } = {},
): Promise<Answer> {
  requireKnown(context.version, Object.keys(query), PORT_QUERY_SINCE);
  refuseEarlyDetail(context.version, query.detail);
  const choice = all ? 'all' : choiceOf(query);
  refuseMixedFilters(query, { nodeUuid, portgroupUuid });
  const writer = portWriter(context.version, context.origin, choice);
  const page = {
    sortKey: portSortColumn(query.sort_key),
    descending: query.sort_dir === 'desc',
    marker: query.marker === undefined ? null : (await findVisiblePort(db, query.marker, context)).uuid,
    limit: pageLimit(query.limit, config),
  };
  const named = nodeUuid ?? (await namedNode({ db }, query, context));
  const filters = {
    address: query.address,
    nodeUuid: named,
    portgroupUuid: portgroupUuid ?? (await namedPortgroup({ db }, query, context)),
    conductorGroups: query.conductor_groups,
    descriptionContains: query.description_contains,
    shards: query.shard,
    visibleTo: context.grant.project,
  };
  const rows = await listPortTexts(db, { texts: writer.columns, filters, page });
  const fields = choice === 'list' ? PORT_LIST_FIELDS : undefined;
  return pageOf('ports', rows, { writer, query, context, limit: page.limit, fields });
}

/** Ironic finds ports in one way at a time. @throws BareMetalError `Forbidden`, `InvalidParameterValue` */
function refuseMixedFilters(
  query: PortListQuery,
  { nodeUuid, portgroupUuid }: { nodeUuid: string | undefined; portgroupUuid: string | undefined },
): void {
  const node = nodeUuid ?? query.node ?? query.node_uuid;
  const portgroup = portgroupUuid ?? query.portgroup;
  if ([node, portgroup, query.shard].filter((value) => value !== undefined).length > 1) {
    throw new BareMetalError('Forbidden', 'Ports are listed by node, by portgroup or by shard.');
  }
  if (query.conductor_groups !== undefined && (node ?? portgroup ?? query.address) !== undefined) {
    throw new BareMetalError(
      'InvalidParameterValue',
      'conductor_groups does not go together with a node, a portgroup or an address.',
    );
  }
}

/** The uuid that `portgroup` (uuid or name) stands for. @throws BareMetalError `NotFound` */
async function namedPortgroup(
  tools: Pick<Tools, 'db'>,
  { portgroup }: PortListQuery,
  context: RequestContext,
): Promise<string | undefined> {
  return portgroup === undefined ? undefined : await uuidOfPortgroup(tools, portgroup, context);
}

/** The uuid that `node` (uuid or name) or `node_uuid` stands for. @throws BareMetalError `NodeNotFound` */
async function namedNode(
  { db }: Pick<Tools, 'db'>,
  query: PortListQuery,
  context: RequestContext,
): Promise<string | undefined> {
  if (query.node !== undefined && !isUuid(query.node)) requireVersion(context.version, NAMES_SINCE);
  const ident = query.node_uuid ?? query.node;
  return ident === undefined ? undefined : (await findVisibleNode(db, ident, context)).uuid;
}

async function showPort(
  { db }: Tools,
  uuidOrName: string,
  { version, origin }: RequestContext,
  fields?: readonly string[],
): Promise<Answer> {
  if (fields !== undefined) requireKnown(version, ['fields'], PORT_QUERY_SINCE);
  const writer = portWriter(version, origin, fields ?? 'all');
  const row = await getPortTexts(db, uuidOrName, writer.columns);
  if (row === undefined) throw new BareMetalError('PortNotFound', `Port ${uuidOrName} could not be found.`);
  return { status: 200, json: writer.write(row) };
}
