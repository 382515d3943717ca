import { z } from 'zod';
import {
  addRunbookTrait,
  listRunbookTraits,
  removeRunbookTrait,
  replaceRunbookTraits,
  runbookTable,
} from '../../db/runbooks.ts';
import type { Queryable } from '../../db/pool.ts';
import { Trait } from '../nodes/trait-routes.ts';
import { parseInput } from '../parse-input.ts';
import { notFound } from '../resource/read.ts';
import { resourceRoutes } from '../resource/routes.ts';
import { route, type ParsedCall, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { runbooks, runbookSubject, TRAITS_SINCE } from './resource.ts';

/** /v1/runbooks, and the traits of one. */
export function runbookRoutes(tools: Tools): Route[] {
  return [...resourceRoutes(tools, runbooks), ...allTraitsRoutes(tools), ...oneTraitRoutes(tools)];
}

const since = TRAITS_SINCE;
const refusal = { message: 'The API version does not allow runbook traits' };
const all = '/v1/runbooks/:runbook/traits';
const one = `${all}/:trait`;

const subject = ({ params }: ParsedCall) => runbookSubject(params['runbook'] ?? '');

async function uuidOf(db: Queryable, params: Readonly<Record<string, string>>): Promise<string> {
  const ident = params['runbook'] ?? '';
  const row = await runbookTable.show(db, ident, ['uuid']);
  if (row?.[0] === undefined || row[0] === null) throw notFound(runbooks, ident);
  return row[0];
}

function allTraitsRoutes({ db }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: all,
      rule: { orPublic: 'baremetal:runbook:get' },
      subject,
      since,
      refusal,
      run: async ({ params }) => ({
        status: 200,
        body: { traits: await listRunbookTraits(db, await uuidOf(db, params)) },
      }),
    }),
    route({
      method: 'put',
      path: all,
      rule: 'baremetal:runbook:update',
      subject,
      since,
      refusal,
      body: z.strictObject({ traits: z.array(Trait) }),
      run: async ({ params, body }) => {
        await replaceRunbookTraits(db, { uuid: await uuidOf(db, params), traits: body.traits });
        return { status: 204 };
      },
    }),
    route({
      method: 'delete',
      path: all,
      rule: 'baremetal:runbook:update',
      subject,
      since,
      refusal,
      run: async ({ params }) => {
        await replaceRunbookTraits(db, { uuid: await uuidOf(db, params), traits: [] });
        return { status: 204 };
      },
    }),
  ];
}

function oneTraitRoutes({ db }: Tools): Route[] {
  return [
    route({
      method: 'put',
      path: one,
      rule: 'baremetal:runbook:update',
      subject,
      since,
      refusal,
      run: async ({ params, context }) => {
        const trait = parseInput(Trait, params['trait'], 'trait') ?? '';
        await addRunbookTrait(db, { uuid: await uuidOf(db, params), trait });
        const location = `${context.origin}/v1/runbooks/${params['runbook'] ?? ''}/traits/${trait}`;
        return { status: 204, location };
      },
    }),
    route({
      method: 'delete',
      path: one,
      rule: 'baremetal:runbook:update',
      subject,
      since,
      refusal,
      run: async ({ params }) => {
        await removeRunbookTrait(db, { uuid: await uuidOf(db, params), trait: params['trait'] ?? '' });
        return { status: 204 };
      },
    }),
  ];
}
