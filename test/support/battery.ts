import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { nodeWorkflowId } from '../../domain/ids.ts';
import type { OperationResult } from '../../workflows/operation.ts';
import { openBench, type Bench } from './battery/bench.ts';
import { FAULTS, needsVictim, type Fault, type FaultName, type Outcome, type Place } from './battery/faults.ts';
import { createGate } from './battery/gate.ts';
import { problemsOf } from './battery/judge.ts';
import { VICTIM_QUEUE } from './battery/quick-retries.ts';
import { SCENARIOS, type Scenario } from './battery/scenarios.ts';
import { startVictims, type Victims } from './battery/victims.ts';
import type { PlannedFault } from './battery/wrap.ts';
import { startOperation } from './operations.ts';
import { addMachine, readSnapshot, type Snapshot } from './world.ts';

/** One test of the battery: a fault at one call of one workflow. */
export interface Cell {
  readonly scenario: string;
  readonly title: string;
  /** Everything that is wrong afterwards; empty when the world is as it must be. */
  readonly problems: Promise<string[]>;
}

/** Clean runs of every workflow, and every fault at every call that they made. */
export interface Battery {
  readonly bench: Bench;
  /** What is wrong after the runs without a fault, by scenario. */
  readonly cleanProblems: ReadonlyMap<string, readonly string[]>;
  readonly cells: readonly Cell[];
  close(): Promise<void>;
}

/** Operations at the same time: those that work, and those that wait for a time-out most of the time. */
const AT_ONCE = { working: 16, waiting: 60 } as const;

interface CleanRun {
  readonly places: readonly Place[];
  /** Ids of the calls that the recipe allows one try only. */
  readonly once: ReadonlySet<string>;
  readonly snapshot: Snapshot;
}

interface Planned extends PlannedFault {
  readonly name: string;
  readonly once: boolean;
  readonly clean: Snapshot;
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
  const { cells, victims } = launch(bench, plans, fired);
  return {
    bench,
    cleanProblems,
    cells,
    async close() {
      await victims.close();
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

function launch(bench: Bench, plans: readonly Planned[], fired: Set<string>): { cells: Cell[]; victims: Victims } {
  const doomed = plans.filter(({ fault }) => needsVictim(fault));
  const victimQueue = `${VICTIM_QUEUE}${randomUUID()}`;
  const victims = startVictims(bench, victimQueue, doomed, (nodeUuid) => void fired.add(nodeUuid));
  const working = createGate(AT_ONCE.working);
  const waiting = createGate(AT_ONCE.waiting);
  const cells = plans.map((planned) => {
    const isDoomed = doomed.includes(planned);
    if (!isDoomed) bench.plan.set(planned.nodeUuid, planned);
    const taskQueue = isDoomed ? victimQueue : bench.taskQueue;
    const work = () => runCell(bench, { planned, taskQueue, fired });
    if (isDoomed) return cellOf(planned, work());
    return cellOf(planned, planned.fault.startsWith('times out') ? waiting(work) : working(work));
  });
  void victims.kill();
  return { cells, victims };
}

function cellOf({ name, place, fault }: Planned, problems: Promise<string[]>): Cell {
  // A test looks at it later; until then nobody minds.
  problems.catch(() => {});
  return { scenario: name, title: `${place.activity} (call ${place.id}) ${fault}`, problems };
}

async function runCell(
  bench: Bench,
  { planned, taskQueue, fired }: { planned: Planned; taskQueue: string; fired: ReadonlySet<string> },
): Promise<string[]> {
  const { nodeUuid, fault, name, clean, once } = planned;
  const { pool } = bench.database;
  const scenario = scenarioOf(name);
  const before = await readSnapshot(pool, nodeUuid);
  const outcome = await operate(bench, { taskQueue, nodeUuid, scenario });
  const after = await readSnapshot(pool, nodeUuid);
  const { status } = await bench.client.workflow.getHandle(nodeWorkflowId(nodeUuid)).describe();
  const { ends }: Fault = FAULTS[fault];
  const allowed: readonly Outcome[] = once && ends[0] === 'done' ? ['failed'] : ends;
  return [
    ...(fired.has(nodeUuid) ? [] : ['the fault never took place']),
    ...(allowed.includes(outcome)
      ? []
      : [`ended ${outcome}, expected ${allowed.join(' or ')}: ${after.lastError ?? ''}`]),
    ...(status.name === 'RUNNING' ? ['the workflow is still open'] : []),
    ...problemsOf({ scenario, before, clean, after, outcome }),
  ];
}

/** Runs the operation to its end, whatever that is. */
async function operate(
  { client }: Bench,
  { taskQueue, nodeUuid, scenario }: { taskQueue: string; nodeUuid: string; scenario: Scenario },
): Promise<Outcome> {
  try {
    const { verb, args } = scenario;
    const handle: WorkflowHandle<() => Promise<OperationResult>> = await startOperation(client, {
      taskQueue,
      verb,
      nodeUuid,
      args,
    });
    return (await handle.result()).outcome;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return 'refused';
    if (error instanceof WorkflowFailedError) return error.cause instanceof CancelledFailure ? 'aborted' : 'failed';
    throw error;
  }
}

function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`there is no scenario "${name}"`);
  return scenario;
}
