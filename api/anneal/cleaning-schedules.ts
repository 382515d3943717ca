import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { listUnknownNodes } from '../../db/fleet.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { selectsNothing, type FleetSelector } from '../../domain/fleet.ts';
import { siteName } from '../../domain/ids.ts';
import {
  createCleaningSchedule,
  deleteCleaningSchedule,
  getCleaningSchedule,
  listCleaningSchedules,
  pauseCleaningSchedule,
  triggerCleaningSchedule,
  unpauseCleaningSchedule,
  type StoredCleaningSchedule,
} from '../../temporal/schedules.ts';
import type { LastRun } from '../../temporal/last-run.ts';
import { temporalError } from '../operations.ts';
import { orAbsent } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { resourceName } from './names.ts';

const word = z.string().min(1).max(255);

const SelectorBody = z.strictObject({
  nodes: orAbsent(z.array(word)),
  resource_class: orAbsent(word),
  traits: orAbsent(z.array(word)),
  owner: orAbsent(word),
  shard: orAbsent(word),
  rack: orAbsent(word),
  all: orAbsent(z.boolean()),
});

const ScheduleBody = z.strictObject({
  name: resourceName,
  site: z.string().max(255).default(''),
  cron: z.array(z.string().min(1)).min(1),
  jitter_seconds: z.int().min(0).max(86_400).default(60),
  selector: SelectorBody.prefault({}),
  window_minutes: z.int().min(1).max(10_080).default(240),
  max_percent_per_rack: z.number().gt(0).max(100).default(10),
  stop_at_error_percent: z.number().min(0).max(100).default(20),
});

const NoteBody = z.strictObject({ note: orAbsent(z.string().max(1000)) }).nullish();

const PATH = '/anneal/v1/cleaning-schedules';

/** /anneal/v1/cleaning-schedules over Temporal's Schedules, which hold them: `temporal schedule` sees the same. */
export function cleaningScheduleRoutes(tools: Tools): Route[] {
  return [...collectionRoutes(tools), ...itemRoutes(tools), ...actionRoutes(tools)];
}

function collectionRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: PATH,
      rule: 'anneal:cleaning_schedule:get',
      run: async () => {
        const schedules = await asking(tools, (temporal) => listCleaningSchedules(temporal));
        return { status: 200, body: { cleaning_schedules: schedules.map(scheduleView) } };
      },
    }),
    route({
      method: 'post',
      path: PATH,
      rule: 'anneal:cleaning_schedule:create',
      bodyName: 'cleaning schedule',
      body: ScheduleBody,
      run: async ({ body, context }) => {
        const { selector, name, site, cron } = body;
        await refuseUnknownNodes(tools, site, selector.nodes);
        await asking(tools, (temporal) =>
          createCleaningSchedule(temporal, {
            name,
            site,
            cron,
            jitterSeconds: body.jitter_seconds,
            selector: selectorOf(selector),
            windowMinutes: body.window_minutes,
            maxPercentPerRack: body.max_percent_per_rack,
            stopAtErrorPercent: body.stop_at_error_percent,
          }),
        );
        const made = await findSchedule(tools, name);
        return { status: 201, body: scheduleView(made), location: `${context.origin}${PATH}/${name}` };
      },
    }),
  ];
}

function itemRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: `${PATH}/:schedule`,
      rule: 'anneal:cleaning_schedule:get',
      run: async ({ params }) => ({ status: 200, body: scheduleView(await findSchedule(tools, nameOf(params))) }),
    }),
    route({
      method: 'delete',
      path: `${PATH}/:schedule`,
      rule: 'anneal:cleaning_schedule:delete',
      run: async ({ params }) => {
        await asking(tools, (temporal) => deleteCleaningSchedule(temporal, nameOf(params)));
        return { status: 204 };
      },
    }),
  ];
}

function actionRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'post',
      path: `${PATH}/:schedule/pause`,
      rule: 'anneal:cleaning_schedule:update',
      body: NoteBody,
      run: async ({ params, body }) => {
        await asking(tools, (temporal) => pauseCleaningSchedule(temporal, nameOf(params), body?.note));
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: `${PATH}/:schedule/unpause`,
      rule: 'anneal:cleaning_schedule:update',
      body: NoteBody,
      run: async ({ params, body }) => {
        await asking(tools, (temporal) => unpauseCleaningSchedule(temporal, nameOf(params), body?.note));
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: `${PATH}/:schedule/trigger`,
      rule: 'anneal:cleaning_schedule:update',
      run: async ({ params }) => {
        await asking(tools, (temporal) => triggerCleaningSchedule(temporal, nameOf(params)));
        return { status: 202 };
      },
    }),
  ];
}

const nameOf = (params: Readonly<Record<string, string>>): string => params['schedule'] ?? '';

/** Asks Temporal within the time that a request may take. */
async function asking<T>({ temporal, config }: Tools, ask: (temporal: Client) => Promise<T>): Promise<T> {
  try {
    return await temporal.withDeadline(Date.now() + config.ANNEAL_CLAIM_TIMEOUT_MS, () => ask(temporal));
  } catch (error) {
    throw temporalError(error);
  }
}

async function findSchedule(tools: Tools, name: string): Promise<StoredCleaningSchedule> {
  const found = await asking(tools, (temporal) => getCleaningSchedule(temporal, name));
  if (found !== undefined) return found;
  throw new BareMetalError('NotFound', `There is no cleaning schedule named "${name}".`);
}

/** A schedule whose nodes are misspelt would clean nothing, night after night. */
async function refuseUnknownNodes({ db }: Tools, site: string, nodes: readonly string[] = []): Promise<void> {
  const unknown = await listUnknownNodes(db, { site, nodes });
  if (unknown.length === 0) return;
  const message = `selector/nodes: the site "${siteName(site)}" has no node with the name or uuid ${unknown.join(', ')}.`;
  throw new BareMetalError('InvalidParameterValue', message);
}

function selectorOf(body: z.infer<typeof SelectorBody>): FleetSelector {
  const { resource_class: resourceClass, ...same } = body;
  const given = Object.entries({ ...same, resourceClass }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as FleetSelector;
}

function scheduleView(schedule: StoredCleaningSchedule) {
  const { resourceClass, ...same } = schedule.selector;
  return {
    name: schedule.name,
    site: schedule.site,
    cron: schedule.cron,
    jitter_seconds: schedule.jitterSeconds,
    selector: { ...same, ...(resourceClass !== undefined && { resource_class: resourceClass }) },
    selects_nothing: selectsNothing(schedule.selector),
    window_minutes: schedule.windowMinutes,
    max_percent_per_rack: schedule.maxPercentPerRack,
    stop_at_error_percent: schedule.stopAtErrorPercent,
    paused: schedule.paused,
    note: schedule.note,
    next_runs_at: schedule.nextRunsAt.map((time) => time.toISOString()),
    last_run_at: schedule.lastRunAt?.toISOString() ?? null,
    last_run: schedule.lastRun && lastRunView(schedule.lastRun),
    created_at: schedule.createdAt.toISOString(),
  };
}

/** A run's result is shown as its workflow ends with it. */
function lastRunView({ runId, status, result }: LastRun) {
  return { run_id: runId, status, result };
}
