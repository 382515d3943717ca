import { z } from 'zod';
import { PatchBody } from '../nodes/schemas.ts';
import { uuidText } from '../query-values.ts';
import type { Subject } from '../policy/access.ts';
import { route, type Answer, type ParsedCall, type Refusal, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { createRecord, patchRecord, removeRecord, type NewRecord } from './change.ts';
import type { Resource, ResourceAccess } from './definition.ts';
import { listQuery, listRecords, showRecord, ShowQuery } from './read.ts';
import { nodeOf } from '../nodes/find.ts';

/** Create, list, detail, show, patch and delete of a resource. */
export function resourceRoutes<Document extends object, Filters extends object>(
  tools: Tools,
  resource: Resource<Document, Filters>,
): Route[] {
  return [
    ...readRoutes(tools, resource),
    createRoute(tools, resource),
    patchRoute(tools, resource),
    deleteRoute(tools, resource),
  ];
}

/** How a method of a resource is refused to older versions. */
export function refusalOf(
  { refusal: { isHidden, ...refusal } }: Pick<Resource<object, object>, 'refusal'>,
  method: 'get' | 'post' | 'patch' | 'delete',
): Refusal {
  return { ...refusal, status: isHidden && method !== 'get' ? 405 : 404 };
}

/** List, detail and show of a resource. */
export function readRoutes<Document extends object, Filters extends object>(
  tools: Tools,
  resource: Resource<Document, Filters>,
): Route[] {
  const { path, since, access } = resource;
  const facts = { method: 'get' as const, since, refusal: refusalOf(resource, 'get') };
  const detail = route({
    ...facts,
    path: `/v1/${path}/detail`,
    rule: access.list,
    query: listQuery(resource.query, true),
    run: ({ query, context }) => listRecords(tools, resource, { query, context, always: 'all' }),
  });
  return [
    route({
      ...facts,
      path: `/v1/${path}`,
      rule: access.list,
      query: listQuery(resource.query),
      run: ({ query, context }) => listRecords(tools, resource, { query, context }),
    }),
    ...(resource.hasDetailPath ? [detail] : []),
    route({
      ...facts,
      path: `/v1/${path}/:ident`,
      rule: access.show,
      subject: subjectOf(resource),
      query: ShowQuery,
      run: ({ params, query, context }) =>
        showRecord(tools, resource, params['ident'] ?? '', { context, fields: query.fields }),
    }),
  ];
}

/** What `:ident` stands for in a resource's paths. */
export function subjectOf({ access }: { access: ResourceAccess }): (call: ParsedCall) => Subject | undefined {
  return ({ params }) => access.subject?.(params['ident'] ?? '');
}

/** POST of a resource. */
function createRoute<Document extends object, Filters extends object>(
  tools: Tools,
  resource: Resource<Document, Filters>,
): Route {
  const { path, since } = resource;
  return route({
    method: 'post',
    path: `/v1/${path}`,
    rule: resource.access.create,
    subject: ({ body }) => resource.access.subjectOfNew?.(body),
    since,
    refusal: refusalOf(resource, 'post'),
    bodyName: resource.word,
    body: resource.document.extend({ uuid: uuidText.nullish() }) as unknown as z.ZodType<NewRecord<Document>>,
    async run({ body, sent, context }) {
      const uuid = await createRecord(tools.db, resource, body, { sent, context });
      return await showCreated(tools, resource, uuid, context);
    },
  });
}

/** The answer to a POST. */
export async function showCreated<Document extends object, Filters extends object>(
  tools: Tools,
  resource: Resource<Document, Filters>,
  uuid: string,
  context: RequestContext,
): Promise<Answer> {
  const shown = await showRecord(tools, resource, uuid, { context });
  return { ...shown, status: 201, location: `${context.origin}/v1/${resource.path}/${uuid}` };
}

/** PATCH of a resource. */
export function patchRoute<Document extends object, Filters extends object>(
  tools: Tools,
  resource: Resource<Document, Filters>,
  { since, refusal } = { since: resource.since, refusal: refusalOf(resource, 'patch') },
): Route {
  const { path } = resource;
  return route({
    method: 'patch',
    path: `/v1/${path}/:ident`,
    rule: resource.access.update,
    subject: subjectOf(resource),
    since,
    refusal,
    bodyName: 'patch',
    body: PatchBody,
    async run({ params, body: patch, context }) {
      const uuid = await patchRecord(tools.db, resource, params['ident'] ?? '', { patch, context });
      return await showRecord(tools, resource, uuid, { context });
    },
  });
}

function deleteRoute<Document extends object, Filters extends object>(
  tools: Tools,
  resource: Resource<Document, Filters>,
): Route {
  const { path, since } = resource;
  return route({
    method: 'delete',
    path: `/v1/${path}/:ident`,
    rule: resource.access.remove,
    subject: subjectOf(resource),
    since,
    refusal: refusalOf(resource, 'delete'),
    query: z.strictObject({}),
    async run({ params }) {
      await removeRecord(tools.db, resource, params['ident'] ?? '');
      return { status: 204 };
    },
  });
}

/** The part of a list that belongs to one node: `…/nodes/{node}/portgroups`. */
export function listOfNodeRoutes<Document extends object, Filters extends { nodeUuid?: string | undefined }>(
  tools: Tools,
  resource: Resource<Document, Filters>,
  { below, since }: { below: string; since: number },
): Route[] {
  const facts = { method: 'get' as const, rule: resource.access.list, since };
  const within = async (params: Readonly<Record<string, string>>, context: RequestContext) =>
    ({ nodeUuid: (await nodeOf(tools.db, params, context)).uuid }) as Partial<Filters>;
  const path = `/v1/nodes/:node/${below}`;
  const detail = route({
    ...facts,
    path: `${path}/detail`,
    query: listQuery(resource.query, true),
    run: async ({ params, query, context }) =>
      listRecords(tools, resource, { query, context, always: 'all', within: await within(params, context) }),
  });
  return [
    route({
      ...facts,
      path,
      query: listQuery(resource.query),
      run: async ({ params, query, context }) =>
        listRecords(tools, resource, { query, context, within: await within(params, context) }),
    }),
    ...(resource.hasDetailPath ? [detail] : []),
  ];
}
