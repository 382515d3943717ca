import { z } from 'zod';
import { listWorkers, type WorkerRecord } from '../../db/workers.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { commaList, pageShape, queryBoolean } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

const since = 49;
const BRIEF = ['hostname', 'conductor_group', 'links', 'alive'];

/** /v1/conductors: Anneal's workers, by site. */
export function conductorRoutes({ db }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/conductors',
      since,
      query: z.strictObject({
        ...pageShape,
        // Conductors are named by host.
        marker: z.string().optional(),
        fields: commaList.optional(),
        detail: queryBoolean.optional(),
      }),
      run: async ({ query, context }) => {
        const fields = query.fields ?? (query.detail === true ? undefined : BRIEF);
        const views = (await listWorkers(db)).map((worker) => chosen(conductorView(worker, context), fields));
        return { status: 200, body: { conductors: query.sort_dir === 'desc' ? views.toReversed() : views } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/conductors/:host',
      since,
      query: z.strictObject({ fields: commaList.optional() }),
      run: async ({ params, query, context }) => {
        const host = params['host'] ?? '';
        const worker = (await listWorkers(db)).find(({ hostname }) => hostname === host);
        if (worker === undefined)
          throw new BareMetalError('ConductorNotFound', `Conductor ${host} could not be found.`);
        return { status: 200, body: chosen(conductorView(worker, context), query.fields) };
      },
    }),
  ];
}

function conductorView(worker: WorkerRecord, { origin }: RequestContext): Record<string, unknown> {
  const { hostname, conductorGroup, hardwareTypes, startedAt, seenAt, alive } = worker;
  return {
    created_at: isoTime(startedAt),
    updated_at: isoTime(seenAt),
    hostname,
    conductor_group: conductorGroup,
    drivers: hardwareTypes.map(({ name }) => name).toSorted(),
    links: [
      { href: `${origin}/v1/conductors/${hostname}`, rel: 'self' },
      { href: `${origin}/conductors/${hostname}`, rel: 'bookmark' },
    ],
    alive,
  };
}

const isoTime = (time: Date): string => time.toISOString().replace('Z', '+00:00');

function chosen(view: Record<string, unknown>, fields: readonly string[] | undefined): Record<string, unknown> {
  if (fields === undefined) return view;
  const unknown = fields.filter((name) => !(name in view));
  if (unknown.length > 0) {
    throw new BareMetalError(
      'InvalidParameterValue',
      `Field(s) "${unknown.join(', ')}" are not valid for a conductor.`,
    );
  }
  return Object.fromEntries(Object.entries(view).filter(([name]) => name === 'links' || fields.includes(name)));
}
