import { z } from 'zod';
import { dropQuota, getQuota, listQuotas, setQuota } from '../../db/project-quotas.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

const PATH = '/anneal/v1/quotas';
const ITEM = `${PATH}/:project`;

/** /anneal/v1/quotas: how many nodes a project may hold; `*` stands for the projects without a quota of their own. */
export function quotaRoutes({ db }: Tools): Route[] {
  const projectOf = (params: Readonly<Record<string, string>>): string => params['project'] ?? '';
  return [
    route({
      method: 'get',
      path: PATH,
      rule: 'anneal:quota:get',
      run: async () => ({ status: 200, body: { quotas: await listQuotas(db) } }),
    }),
    route({
      method: 'get',
      path: ITEM,
      rule: {
        among: ['anneal:quota:get_own', 'anneal:quota:get'],
        wanted: ({ params, context }) => [
          projectOf(params) === context.caller.projectId ? 'anneal:quota:get_own' : 'anneal:quota:get',
        ],
      },
      run: async ({ params }) => ({ status: 200, body: await getQuota(db, projectOf(params)) }),
    }),
    route({
      method: 'put',
      path: ITEM,
      rule: 'anneal:quota:update',
      bodyName: 'quota',
      body: z.strictObject({ nodes: z.int().min(0).max(1_000_000) }),
      run: async ({ params, body }) => {
        await setQuota(db, { project: projectOf(params), nodes: body.nodes });
        return { status: 200, body: await getQuota(db, projectOf(params)) };
      },
    }),
    route({
      method: 'delete',
      path: ITEM,
      rule: 'anneal:quota:update',
      run: async ({ params }) => {
        if (await dropQuota(db, projectOf(params))) return { status: 204 };
        throw new BareMetalError('NotFound', `Project ${projectOf(params)} has no quota of its own.`);
      },
    }),
  ];
}
