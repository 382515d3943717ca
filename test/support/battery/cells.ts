import { randomUUID } from 'node:crypto';
import { nodeWorkflowId } from '../../../domain/ids.ts';
import { readSnapshot, type Snapshot } from '../world.ts';
import type { Bench } from './bench.ts';
import { FAULTS, neededWorker, type Fault, type Outcome } from './faults.ts';
import { createGate } from './gate.ts';
import { problemsOf } from './judge.ts';
import { operate } from './operate.ts';
import { SLEEPER_QUEUE, VICTIM_QUEUE } from './quick-retries.ts';
import { scenarioOf } from './scenarios.ts';
import { startSleepers, startVictims } from './victims.ts';
import type { PlannedFault } from './wrap.ts';

/** One test of the battery: a fault at one call of one workflow. */
export interface Cell {
  readonly scenario: string;
  readonly title: string;
  /** Everything that is wrong afterwards; empty when the world is as it must be. */
  readonly problems: Promise<string[]>;
}

/** A fault that is to take place in an operation of its own. */
export interface Planned extends PlannedFault {
  /** The scenario's name. */
  readonly name: string;
  /** Whether the recipe allows the call one try only. */
  readonly once: boolean;
  readonly clean: Snapshot;
}

interface Trial {
  readonly before: Snapshot;
  readonly outcome: Outcome;
}

/** Operations at the same time: those that work, and those that wait for a time-out most of the time. */
const AT_ONCE = { working: 16, waiting: 60 } as const;

/** Sets every cell off; `end` ends the workers that were needed. */
export function launchCells(
  bench: Bench,
  plans: readonly Planned[],
  fired: Set<string>,
): { cells: Cell[]; end: () => Promise<void> } {
  const queues = { victim: `${VICTIM_QUEUE}${randomUUID()}`, sleeper: `${SLEEPER_QUEUE}${randomUUID()}` };
  const planFor = (kind: keyof typeof queues) => ({
    taskQueue: queues[kind],
    plan: plans.filter(({ fault }) => neededWorker(fault) === kind),
    fired: (nodeUuid: string) => void fired.add(nodeUuid),
  });
  const victims = startVictims(bench, planFor('victim'));
  const sleepers = startSleepers(bench, planFor('sleeper'));
  const working = createGate(AT_ONCE.working);
  const waiting = createGate(AT_ONCE.waiting);
  const trials = plans.map((planned) => {
    const kind = neededWorker(planned.fault);
    if (kind !== undefined) return { planned, kind, trial: tryOut(bench, planned, queues[kind]) };
    bench.plan.set(planned.nodeUuid, planned);
    const gate = planned.fault.startsWith('times out') ? waiting : working;
    return { planned, kind, trial: gate(() => tryOut(bench, planned, bench.taskQueue)) };
  });
  // The stopped worker wakes up when another one has brought all of its operations to an end.
  const asleep = trials.filter(({ kind }) => kind === 'sleeper').map(({ trial }) => trial);
  const woken = Promise.allSettled(asleep).then(() => sleepers.wake());
  void victims.strike();
  void sleepers.strike();
  const cells = trials.map(({ planned, kind, trial }) => {
    const acted = kind === 'sleeper' ? woken : NOBODY;
    return cellOf(planned, problemsOfCell(bench, { planned, trial, fired, acted }));
  });
  return { cells, end: () => Promise.all([victims.close(), sleepers.close()]).then(() => {}) };
}

const NOBODY = Promise.resolve<ReadonlySet<string>>(new Set());

function cellOf({ name, place, fault }: Planned, problems: Promise<string[]>): Cell {
  // A test looks at it later; until then nobody minds.
  problems.catch(() => {});
  return { scenario: name, title: `${place.activity} (call ${place.id}) ${fault}`, problems };
}

async function tryOut(bench: Bench, { nodeUuid, name }: Planned, taskQueue: string): Promise<Trial> {
  const before = await readSnapshot(bench.database.pool, nodeUuid);
  return { before, outcome: await operate(bench, { taskQueue, nodeUuid, scenario: scenarioOf(name) }) };
}

async function problemsOfCell(
  { client, database }: Bench,
  cell: {
    planned: Planned;
    trial: Promise<Trial>;
    fired: ReadonlySet<string>;
    /** The nodes whose overtaken call made a change all the same. */
    acted: Promise<ReadonlySet<string>>;
  },
): Promise<string[]> {
  const { nodeUuid, fault, name, clean, once } = cell.planned;
  const { before, outcome } = await cell.trial;
  const acted = await cell.acted;
  const after = await readSnapshot(database.pool, nodeUuid);
  const { status } = await client.workflow.getHandle(nodeWorkflowId(nodeUuid)).describe();
  const { ends }: Fault = FAULTS[fault];
  const allowed: readonly Outcome[] = once && ends[0] === 'done' ? ['failed'] : ends;
  return [
    ...(cell.fired.has(nodeUuid) ? [] : ['the fault never took place']),
    ...(acted.has(nodeUuid) ? ['the overtaken call changed the machine'] : []),
    ...(allowed.includes(outcome)
      ? []
      : [`ended ${outcome}, expected ${allowed.join(' or ')}: ${after.lastError ?? ''}`]),
    ...(status.name === 'RUNNING' ? ['the workflow is still open'] : []),
    ...problemsOf({ scenario: scenarioOf(name), before, clean, after, outcome }),
  ];
}
