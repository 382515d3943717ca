import { z } from 'zod';
import { listWorkers, type WorkerRecord } from '../../db/workers.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { notSortable, onlyFields } from '../field-choice.ts';
import { nextLink, pageLimit } from '../page.ts';
import { commaList, pageShape, queryBoolean } from '../query-values.ts';
import { route, type RequestContext, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

const since = 49;
const BRIEF = ['hostname', 'conductor_group', 'links', 'alive'];
const SORTABLE = new Set(['id', 'hostname', 'conductor_group', 'created_at', 'updated_at']);

/** /v1/conductors: Anneal's workers, by site. */
export function conductorRoutes({ db, config }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/conductors',
      since,
      rule: 'baremetal:conductor:get',
      query: z.strictObject({
        ...pageShape,
        // Conductors are named by host.
        marker: z.string().optional(),
        fields: commaList.optional(),
        detail: queryBoolean.optional(),
      }),
      run: async ({ query, context }) => {
        const fields = query.fields ?? (query.detail === true ? undefined : BRIEF);
        const limit = pageLimit(query.limit, config);
        const page = pageOfWorkers(await listWorkers(db), { ...query, limit });
        const conductors = page.map((worker) => onlyFields(conductorView(worker, context), fields, 'a conductor'));
        const marker = page.length === limit ? page.at(-1)?.hostname : undefined;
        const named = { ...query, fields: fields?.filter((name) => name !== 'links') };
        const next = marker === undefined ? {} : { next: nextLink(named, context, { limit, marker }) };
        return { status: 200, body: { conductors, ...next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/conductors/:host',
      since,
      rule: 'baremetal:conductor:get',
      query: z.strictObject({ fields: commaList.optional() }),
      run: async ({ params, query, context }) => {
        const host = params['host'] ?? '';
        const worker = (await listWorkers(db)).find(({ hostname }) => hostname === host);
        if (worker === undefined) throw notFound(host);
        return { status: 200, body: onlyFields(conductorView(worker, context), query.fields, 'a conductor') };
      },
    }),
  ];
}

interface WorkerPage {
  readonly sort_key: string;
  readonly sort_dir: 'asc' | 'desc';
  readonly marker?: string | undefined;
  readonly limit: number;
}

/** Workers are few: their page is cut here. @throws BareMetalError `InvalidParameterValue`, `ConductorNotFound` */
function pageOfWorkers(workers: readonly WorkerRecord[], page: WorkerPage): readonly WorkerRecord[] {
  if (!SORTABLE.has(page.sort_key)) throw notSortable(page.sort_key);
  const sorted = workers.toSorted((a, b) => (sortText(a, page.sort_key) < sortText(b, page.sort_key) ? -1 : 1));
  const ordered = page.sort_dir === 'desc' ? sorted.toReversed() : sorted;
  const at = page.marker === undefined ? -1 : ordered.findIndex(({ hostname }) => hostname === page.marker);
  if (page.marker !== undefined && at < 0) throw notFound(page.marker);
  return ordered.slice(at + 1, at + 1 + page.limit);
}

/** What a worker is sorted by; ISO times sort as text. */
function sortText(worker: WorkerRecord, key: string): string {
  if (key === 'conductor_group') return worker.conductorGroup;
  if (key === 'updated_at') return isoTime(worker.seenAt);
  return key === 'hostname' ? worker.hostname : isoTime(worker.startedAt);
}

function notFound(host: string): BareMetalError {
  return new BareMetalError('ConductorNotFound', `Conductor ${host} could not be found.`);
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
