import { z } from 'zod';
import {
  addRunbookTrait,
  listRunbookTraits,
  removeRunbookTrait,
  replaceRunbookTraits,
  runbookTable,
} from '../../db/runbooks.ts';
import { Trait } from '../nodes/trait-routes.ts';
import { parseInput } from '../parse-input.ts';
import { notFound } from '../resource/read.ts';
import { resourceRoutes } from '../resource/routes.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { runbooks, TRAITS_SINCE } from './resource.ts';

/** /v1/runbooks, and the traits of one. */
export function runbookRoutes(tools: Tools): Route[] {
  return [...resourceRoutes(tools, runbooks), ...traitRoutes(tools)];
}

const since = TRAITS_SINCE;
const refusal = { message: 'The API version does not allow runbook traits' };
const all = '/v1/runbooks/:runbook/traits';
const one = `${all}/:trait`;

function traitRoutes({ db }: Tools): Route[] {
  const uuidOf = async (params: Readonly<Record<string, string>>): Promise<string> => {
    const ident = params['runbook'] ?? '';
    const row = await runbookTable.show(db, ident, ['uuid']);
    if (row?.[0] === undefined || row[0] === null) throw notFound(runbooks, ident);
    return row[0];
  };
  return [
    route({
      method: 'get',
      path: all,
      since,
      refusal,
      run: async ({ params }) => ({ status: 200, body: { traits: await listRunbookTraits(db, await uuidOf(params)) } }),
    }),
    route({
      method: 'put',
      path: all,
      since,
      refusal,
      body: z.strictObject({ traits: z.array(Trait) }),
      run: async ({ params, body }) => {
        await replaceRunbookTraits(db, { uuid: await uuidOf(params), traits: body.traits });
        return { status: 204 };
      },
    }),
    route({
      method: 'delete',
      path: all,
      since,
      refusal,
      run: async ({ params }) => {
        await replaceRunbookTraits(db, { uuid: await uuidOf(params), traits: [] });
        return { status: 204 };
      },
    }),
    route({
      method: 'put',
      path: one,
      since,
      refusal,
      run: async ({ params, context }) => {
        const trait = parseInput(Trait, params['trait'], 'trait') ?? '';
        await addRunbookTrait(db, { uuid: await uuidOf(params), trait });
        const location = `${context.origin}/v1/runbooks/${params['runbook'] ?? ''}/traits/${trait}`;
        return { status: 204, location };
      },
    }),
    route({
      method: 'delete',
      path: one,
      since,
      refusal,
      run: async ({ params }) => {
        await removeRunbookTrait(db, { uuid: await uuidOf(params), trait: params['trait'] ?? '' });
        return { status: 204 };
      },
    }),
  ];
}
