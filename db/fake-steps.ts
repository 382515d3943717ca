import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

/** Where a fake step stands. */
export interface FakeStepRun {
  /** Time left until the step ends, by the database's clock; 0 when it may end now. */
  readonly remainingMs: number;
  /** What the step ended with in this run of the operation; null while it runs. */
  readonly result: JsonObject | null;
}

interface FakeStepRow {
  remaining_ms: number;
  result: JsonObject | null;
}

const REMAINING = `greatest(0, (steps -> $2::text ->> 'ends_at')::numeric
  - extract(epoch from clock_timestamp()) * 1000)::float8 as remaining_ms`;
const RUN = `coalesce((select operation_run::text from nodes where uuid = $1::uuid), '')`;
const IS_STARTED = "d.steps -> $2::text ->> 'run' is not distinct from excluded.steps -> $2::text ->> 'run'";

/**
 * Starts a step, or finds it when the node's present operation has started it already: so a worker that was
 * killed goes on with the same step, and the step counts once (`step <key>`).
 */
export async function startFakeStep(
  db: Queryable,
  step: { nodeUuid: string; key: string; durationMs: number },
): Promise<FakeStepRun> {
  const { rows } = await db.query<FakeStepRow>(
    `insert into fake_devices as d (node_uuid, calls, steps) values ($1::uuid, counted('{}', 'step ' || $2::text),
       jsonb_build_object($2::text, jsonb_build_object('run', ${RUN}, 'result', null,
         'ends_at', floor(extract(epoch from clock_timestamp()) * 1000) + $3::float8)))
     on conflict (node_uuid) do update set
       calls = case when ${IS_STARTED} then d.calls else counted(d.calls, 'step ' || $2::text) end,
       steps = case when ${IS_STARTED} then d.steps else d.steps || excluded.steps end
     returning ${REMAINING}, nullif(steps -> $2::text -> 'result', 'null') as result`,
    [step.nodeUuid, step.key, step.durationMs],
  );
  const row = rows[0];
  return { remainingMs: row?.remaining_ms ?? 0, result: row?.result ?? null };
}

/** Ends a step with its result and what became of the disks; the first end counts, a later one changes nothing. */
export async function endFakeStep(
  db: Queryable,
  step: { nodeUuid: string; key: string; result: JsonObject; disks: Readonly<Record<string, 'clean' | 'dirty'>> },
): Promise<void> {
  await db.query(
    `update fake_devices d set
       disks = d.disks || $4::jsonb,
       steps = jsonb_set(d.steps, array[$2::text, 'result'], $3::jsonb)
     where node_uuid = $1::uuid and d.steps -> $2::text -> 'result' = 'null'`,
    [step.nodeUuid, step.key, JSON.stringify(step.result), JSON.stringify(step.disks)],
  );
}
