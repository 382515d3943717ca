import { nodeWorkflowId } from '../../domain/ids.ts';
import { openBench, type Bench } from './battery/bench.ts';
import { launchCells, type Cell, type Planned } from './battery/cells.ts';
import { FAULTS, type Fault, type FaultName, type Place } from './battery/faults.ts';
import { problemsOf } from './battery/judge.ts';
import { operate } from './battery/operate.ts';
import { scenarioOf, SCENARIOS, type Scenario } from './battery/scenarios.ts';
import { addMachine, readSnapshot, type Snapshot } from './world.ts';

/** Clean runs of every workflow, and every fault at every call that they made. */
export interface Battery {
  readonly bench: Bench;
  /** What is wrong after the runs without a fault, by scenario. */
  readonly cleanProblems: ReadonlyMap<string, readonly string[]>;
  readonly cells: readonly Cell[];
  close(): Promise<void>;
}

interface CleanRun {
  readonly places: readonly Place[];
  /** Ids of the calls that the recipe allows one try only. */
  readonly once: ReadonlySet<string>;
  readonly snapshot: Snapshot;
}

/** Records a clean run of every scenario and sets off every cell; the cells' promises tell how they went. */
export async function startBattery(): Promise<Battery> {
  const places = new Map<string, Place[]>();
  const fired = new Set<string>();
  const bench: Bench = await openBench({
    listener: {
      called: (nodeUuid, place) => void places.set(nodeUuid, [...(places.get(nodeUuid) ?? []), place]),
      fired: (nodeUuid) => void fired.add(nodeUuid),
      reached: () => {},
      abort: async (nodeUuid) => void (await bench.client.workflow.getHandle(nodeWorkflowId(nodeUuid)).cancel()),
    },
  });
  const runs = new Map<string, CleanRun>();
  const cleanProblems = new Map<string, string[]>();
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const { nodeUuid, problems } = await runClean(bench, scenario);
    cleanProblems.set(name, problems);
    const snapshot = await readSnapshot(bench.database.pool, nodeUuid);
    runs.set(name, { places: places.get(nodeUuid) ?? [], once: await onceOnly(bench, nodeUuid), snapshot });
  }
  const plans = await Promise.all([...runs].flatMap(([name, run]) => planCells(bench, name, run)));
  const { cells, end } = launchCells(bench, plans, fired);
  return {
    bench,
    cleanProblems,
    cells,
    async close() {
      await end();
      await bench.close();
    },
  };
}

async function runClean(bench: Bench, scenario: Scenario): Promise<{ nodeUuid: string; problems: string[] }> {
  const { pool } = bench.database;
  const { uuid: nodeUuid } = await addMachine(pool, scenario.machine);
  const before = await readSnapshot(pool, nodeUuid);
  const outcome = await operate(bench, { taskQueue: bench.taskQueue, nodeUuid, scenario });
  const after = await readSnapshot(pool, nodeUuid);
  const ended = outcome === 'done' && after.provisionState === scenario.ends;
  const problems = ended ? [] : [`ended ${outcome} as "${after.provisionState}": ${after.lastError ?? ''}`];
  return { nodeUuid, problems: [...problems, ...problemsOf({ scenario, before, clean: after, after, outcome })] };
}

async function onceOnly({ client }: Bench, nodeUuid: string): Promise<ReadonlySet<string>> {
  const { events } = await client.workflow.getHandle(nodeWorkflowId(nodeUuid)).fetchHistory();
  const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
  const once = scheduled.filter(({ retryPolicy }) => retryPolicy?.maximumAttempts === 1);
  return new Set(once.map(({ activityId }) => activityId ?? ''));
}

function planCells(bench: Bench, name: string, { places, once, snapshot: clean }: CleanRun): Promise<Planned>[] {
  const faults = Object.entries(FAULTS) as [FaultName, Fault][];
  return places.flatMap((place) =>
    faults
      .filter(([, { fits }]) => fits(place, once.has(place.id)))
      .map(async ([fault]) => {
        const { uuid: nodeUuid } = await addMachine(bench.database.pool, scenarioOf(name).machine);
        return { nodeUuid, place, fault, name, clean, once: once.has(place.id) };
      }),
  );
}
