import { z } from 'zod';
import { getNodeTexts } from '../../db/node-list.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { FieldChoice } from '../field-choice.ts';
import { requireVersion } from '../microversion.ts';
import { queryBoolean } from '../query-values.ts';
import { route, type Answer, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { PATCH_RULES, rulesOfPatch } from './access.ts';
import { createNode, patchNode, removeNode } from './change.ts';
import { nameOf } from './find.ts';
import { listNodes } from './list.ts';
import { visibleWriter } from './present.ts';
import { DetailQuery, ListQuery, NewNodeBody, PatchBody, ShowQuery } from './schemas.ts';

/** /v1/nodes: create, list, detail, show, patch, delete. */
export function nodeRoutes(tools: Tools): Route[] {
  return [...collectionRoutes(tools), ...itemRoutes(tools)];
}

function collectionRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/nodes',
      rule: { list: 'node', ofProject: ({ query }) => query.project },
      query: ListQuery,
      run: ({ query, context }) => listNodes(tools, query, context),
    }),
    route({
      method: 'get',
      path: '/v1/nodes/detail',
      rule: { list: 'node', ofProject: ({ query }) => query.project },
      query: DetailQuery,
      run: ({ query, context }) => listNodes(tools, query, context, 'all'),
    }),
    route({
      method: 'post',
      path: '/v1/nodes',
      rule: { anyOf: ['baremetal:node:create', 'baremetal:node:create:self_owned_node'] },
      bodyName: 'node',
      body: NewNodeBody,
      async run({ body, sent, context }) {
        const writer = visibleWriter(context, 'all');
        const row = await createNode(tools.db, body, { sent, context, texts: writer.columns });
        return { status: 201, json: writer.write(row), location: `${context.origin}/v1/nodes/${row[0]}` };
      },
    }),
  ];
}

function itemRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/nodes/:node',
      rule: 'baremetal:node:get',
      query: ShowQuery,
      run: ({ params, query, context }) => showNode(tools, nameOf(params, context), context, query.fields ?? 'all'),
    }),
    route({
      method: 'patch',
      path: '/v1/nodes/:node',
      rule: { among: PATCH_RULES, wanted: ({ body }) => rulesOfPatch(body) },
      query: z.strictObject({ reset_interfaces: queryBoolean.optional() }),
      bodyName: 'patch',
      body: PatchBody,
      async run({ params, query, body, context }) {
        if (query.reset_interfaces !== undefined) requireVersion(context.version, RESET_SINCE);
        const change = { patch: body, resetInterfaces: query.reset_interfaces ?? false };
        const node = await patchNode(tools.db, nameOf(params, context), change, context);
        return await showNode(tools, node.uuid, context, 'all');
      },
    }),
    route({
      method: 'delete',
      path: '/v1/nodes/:node',
      rule: { anyOf: ['baremetal:node:delete', 'baremetal:node:delete:self_owned_node'] },
      async run({ params, context }) {
        await removeNode(tools.db, nameOf(params, context));
        return { status: 204 };
      },
    }),
  ];
}

const RESET_SINCE = 45;

async function showNode(
  { db }: Tools,
  uuidOrName: string,
  context: RequestContext,
  choice: FieldChoice,
): Promise<Answer> {
  const writer = visibleWriter(context, choice);
  const row = await getNodeTexts(db, uuidOrName, writer.columns);
  if (row === undefined) throw new BareMetalError('NodeNotFound', `Node ${uuidOrName} could not be found.`);
  return { status: 200, json: writer.write(row) };
}
