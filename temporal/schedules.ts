import {
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
} from '@temporalio/client';
import { BareMetalError } from '../domain/errors.ts';
import {
  cleaningScheduleId,
  forgetEventsScheduleId,
  powerSweepScheduleId,
  siteName,
  taskQueueOf,
} from '../domain/ids.ts';
import { SEARCH_ATTRIBUTES, type CleanFleetInput } from '../workflows/messages.ts';
import { cronOf } from './cron.ts';
import { lastRunOf, type LastRun } from './last-run.ts';
import { missesSearchAttributes } from './search-attributes.ts';

const CLEANING = 'cleaning:';

/** When a fleet is cleaned, and what of it. */
export interface CleaningSchedule extends CleanFleetInput {
  /** Cron expressions, in UTC. */
  readonly cron: readonly string[];
  /** Starts are spread over this many seconds. */
  readonly jitterSeconds: number;
}

/** A cleaning schedule as Temporal has it now. */
export interface StoredCleaningSchedule extends CleaningSchedule {
  readonly paused: boolean;
  readonly note: string | null;
  readonly nextRunsAt: readonly Date[];
  readonly lastRunAt: Date | null;
  readonly lastRun: LastRun | null;
  readonly createdAt: Date;
}

/** Creates a cleaning schedule. @throws BareMetalError `DuplicateName`, `ScheduleInvalid` (a cron expression) */
export async function createCleaningSchedule({ schedule }: Client, wanted: CleaningSchedule): Promise<void> {
  const { cron, jitterSeconds, ...input } = wanted;
  try {
    await schedule.create({
      scheduleId: cleaningScheduleId(wanted.name),
      spec: { cronExpressions: [...cron], jitter: jitterSeconds * 1000 },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '5 minutes' },
      // The action's own arguments cannot be read back where payloads are encrypted by another key.
      memo: { schedule: wanted },
      action: {
        type: 'startWorkflow',
        workflowType: 'cleanFleet',
        workflowId: `clean-fleet:${wanted.name}`,
        taskQueue: taskQueueOf(wanted.site),
        args: [input],
        staticSummary: `cleaning schedule ${wanted.name}`,
        typedSearchAttributes: [
          { key: SEARCH_ATTRIBUTES.operation, value: 'cleanFleet' },
          { key: SEARCH_ATTRIBUTES.site, value: siteName(wanted.site) },
        ],
      },
    });
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) {
      throw new BareMetalError('DuplicateName', `A cleaning schedule named "${wanted.name}" exists.`, { cause: error });
    }
    const refusal = refusalOf(error);
    if (refusal !== undefined) {
      const message = `cron: Temporal refused ${wanted.cron.join(', ')}: ${refusal}`;
      throw new BareMetalError('ScheduleInvalid', message, { cause: error });
    }
    throw error;
  }
}

/** All cleaning schedules, by name. */
export async function listCleaningSchedules(client: Client): Promise<StoredCleaningSchedule[]> {
  const found: StoredCleaningSchedule[] = [];
  for await (const summary of client.schedule.list()) {
    if (!summary.scheduleId.startsWith(CLEANING)) continue;
    const stored = await getCleaningSchedule(client, summary.scheduleId.slice(CLEANING.length));
    if (stored !== undefined) found.push(stored);
  }
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** The cleaning schedule of this name, or undefined. */
export async function getCleaningSchedule(client: Client, name: string): Promise<StoredCleaningSchedule | undefined> {
  try {
    const description = await handleOf(client, name).describe();
    return { ...stored(description), lastRun: await lastRunOf(client, description) };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Stops it from starting anything until it is unpaused. @throws BareMetalError `NotFound` */
export function pauseCleaningSchedule(client: Client, name: string, note?: string): Promise<void> {
  return found(name, handleOf(client, name).pause(note));
}

/** Lets it start again. @throws BareMetalError `NotFound` */
export function unpauseCleaningSchedule(client: Client, name: string, note?: string): Promise<void> {
  return found(name, handleOf(client, name).unpause(note));
}

/** Starts it now; does nothing while its last run still goes on. @throws BareMetalError `NotFound` */
export function triggerCleaningSchedule(client: Client, name: string): Promise<void> {
  return found(name, handleOf(client, name).trigger(ScheduleOverlapPolicy.SKIP));
}

/** Removes it; a run that goes on is not stopped. @throws BareMetalError `NotFound` */
export function deleteCleaningSchedule(client: Client, name: string): Promise<void> {
  return found(name, handleOf(client, name).delete());
}

/** Keeps the power of a site's machines watched; a changed interval changes the schedule. */
export async function ensurePowerSweep(
  client: Client,
  { site, seconds }: { site: string; seconds: number },
): Promise<void> {
  const id = powerSweepScheduleId(site);
  await ensureSchedule(client, { id, seconds, site, workflowType: 'sweepPower', input: { site } });
}

const FORGET_EVERY_S = 3600;

/** Has old events deleted each hour. @param wanted.days how old; 0 keeps them all */
export async function ensureForgetEvents(
  client: Client,
  { site, days }: { site: string; days: number },
): Promise<void> {
  const id = forgetEventsScheduleId(site);
  if (days > 0) {
    const often = { id, seconds: FORGET_EVERY_S, site };
    await ensureSchedule(client, { ...often, workflowType: 'forgetEvents', input: { site, days } });
    return;
  }
  await client.schedule
    .getHandle(id)
    .delete()
    .catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
}

/** A workflow that a site's workers run again and again, by their own wish. */
interface SiteSchedule {
  readonly id: string;
  readonly seconds: number;
  readonly site: string;
  readonly workflowType: string;
  readonly input: object;
}

async function ensureSchedule({ schedule }: Client, wanted: SiteSchedule): Promise<void> {
  const { id, seconds, site, workflowType, input } = wanted;
  const spec = { intervals: [{ every: seconds * 1000 }], jitter: seconds * 100 };
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' as const };
  const action = {
    type: 'startWorkflow' as const,
    workflowType,
    workflowId: id,
    taskQueue: taskQueueOf(site),
    args: [input],
  };
  try {
    await schedule.create({ scheduleId: id, spec, policies, action });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await schedule.getHandle(id).update((previous) => ({ ...previous, spec, policies, action }));
  }
}

function handleOf({ schedule }: Client, name: string): ScheduleHandle {
  return schedule.getHandle(cleaningScheduleId(name));
}

async function found(name: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new BareMetalError('NotFound', `There is no cleaning schedule named "${name}".`, { cause: error });
  }
}

function stored(description: ScheduleDescription): Omit<StoredCleaningSchedule, 'lastRun'> {
  const { memo, state, info } = description;
  return {
    ...((memo?.['schedule'] as CleaningSchedule | undefined) ?? madeElsewhere(description)),
    paused: state.paused,
    note: state.note ?? null,
    nextRunsAt: info.nextActionTimes,
    lastRunAt: info.recentActions.at(-1)?.takenAt ?? null,
    createdAt: info.createdAt,
  };
}

/** A schedule that the `temporal` command made has no memo. */
function madeElsewhere({ scheduleId, action, spec }: ScheduleDescription): CleaningSchedule {
  const [input] = (action.args ?? []) as readonly CleanFleetInput[];
  return {
    site: '',
    selector: {},
    windowMinutes: 0,
    maxPercentPerRack: 0,
    stopAtErrorPercent: 0,
    ...input,
    name: scheduleId.slice(CLEANING.length),
    cron: cronOf(spec),
    jitterSeconds: Number(spec.jitter ?? 0) / 1000,
  };
}

const INVALID_ARGUMENT = 3;

/** What Temporal says of an argument that it refuses; the client counts cron fields itself and wraps gRPC's error once. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof TypeError) return error.message;
  if (missesSearchAttributes(error)) return undefined;
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  return isGrpcServiceError(cause) && Number(cause.code) === INVALID_ARGUMENT ? cause.details : undefined;
}
