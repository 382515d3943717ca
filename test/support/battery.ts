import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBench, type Bench } from './battery/bench.ts';
import { launchCells, type Cell, type Planned } from './battery/cells.ts';
import { chooseFaults, type CleanRun, type Wish } from './battery/choice.ts';
import type { Place } from './battery/faults.ts';
import { problemsOf } from './battery/judge.ts';
import { operate, workflowIdOf } from './battery/operate.ts';
import { SCENARIOS, workflowOf, type Scenario } from './battery/scenarios.ts';
import { addSubject, makeSupplies, type Supplies } from './battery/subjects.ts';

/** Clean runs of every workflow, and every fault at the calls that they made. */
export interface Battery {
  readonly bench: Bench;
  /** What is wrong after the runs without a fault, by scenario. */
  readonly cleanProblems: ReadonlyMap<string, readonly string[]>;
  readonly cells: readonly Cell[];
  close(): Promise<void>;
}

/** Records a clean run of every scenario and sets off every cell; the cells' promises tell how they went. */
export async function startBattery(): Promise<Battery> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-battery-images-'));
  const supplies = await makeSupplies(folder);
  const places = new Map<string, Place[]>();
  const fired = new Set<string>();
  const abort = new Map<string, () => Promise<unknown>>();
  const bench = await openBench({
    env: { ANNEAL_IMAGE_FOLDERS: folder, ANNEAL_IMAGE_CACHE: join(folder, 'cache') },
    listener: {
      called: (nodeUuid, place) => void places.set(nodeUuid, [...(places.get(nodeUuid) ?? []), place]),
      fired: (nodeUuid) => void fired.add(nodeUuid),
      reached: () => {},
      abort: async (nodeUuid) => void (await abort.get(nodeUuid)?.()),
    },
  });
  const clean = Object.entries(SCENARIOS).map(([name, scenario]) =>
    runClean(bench, supplies, { name, scenario, places }),
  );
  const runs: CleanRun[] = await Promise.all(clean);
  const plans = await Promise.all(chooseFaults(runs).map((wish) => plan(bench, supplies, wish)));
  for (const { nodeUuid, scenario } of plans) {
    const handle = bench.client.workflow.getHandle(workflowIdOf(scenario, nodeUuid));
    abort.set(nodeUuid, () => handle.cancel());
  }
  const { cells, end } = launchCells(bench, plans, fired);
  return {
    bench,
    cleanProblems: new Map(runs.map(({ name, problems }) => [name, problems])),
    cells,
    async close() {
      await end();
      await bench.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function runClean(
  bench: Bench,
  supplies: Supplies,
  { name, scenario, places }: { name: string; scenario: Scenario; places: ReadonlyMap<string, readonly Place[]> },
): Promise<CleanRun> {
  const subject = await addSubject(bench, supplies, scenario);
  const { nodeUuid } = subject;
  const before = await subject.snapshot();
  const outcome = await operate(bench, { taskQueue: bench.taskQueue, nodeUuid, scenario });
  const snapshot = await subject.snapshot();
  await subject.close();
  const { outcome: expected = 'done', ends } = scenario;
  const ended = outcome === expected && snapshot.provisionState === ends;
  const problems = ended ? [] : [`ended ${outcome} as "${snapshot.provisionState}": ${snapshot.lastError ?? ''}`];
  const trial = { scenario, before, clean: snapshot, after: snapshot, outcome };
  const own = (places.get(nodeUuid) ?? []).filter(({ workflow }) => workflow === workflowOf(scenario));
  const once = await onceOnly(bench, workflowIdOf(scenario, nodeUuid));
  return { name, scenario, places: own, once, snapshot, problems: [...problems, ...problemsOf(trial)] };
}

async function onceOnly({ client }: Bench, workflowId: string): Promise<ReadonlySet<string>> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
  const once = scheduled.filter(({ retryPolicy }) => retryPolicy?.maximumAttempts === 1);
  return new Set(once.map(({ activityId }) => activityId ?? ''));
}

async function plan(bench: Bench, supplies: Supplies, { run, place, fault }: Wish): Promise<Planned> {
  const { name, scenario, once, snapshot: clean } = run;
  const subject = await addSubject(bench, supplies, scenario);
  const before = await subject.snapshot();
  const { nodeUuid } = subject;
  return { nodeUuid, subject, before, place, fault, name, scenario, clean, once: once.has(place.id) };
}
