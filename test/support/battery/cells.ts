import { randomUUID } from 'node:crypto';
import type { Snapshot } from '../world.ts';
import type { Bench } from './bench.ts';
import { FAULTS, neededWorker, type Fault, type Outcome } from './faults.ts';
import { createGate, createPace } from './gate.ts';
import { problemsOf } from './judge.ts';
import { operate, workflowIdOf } from './operate.ts';
import { SLEEPER_QUEUE, VICTIM_QUEUE } from './quick-retries.ts';
import type { Scenario } from './scenarios.ts';
import type { Subject } from './subjects.ts';
import { startSleepers, startVictims } from './victims.ts';
import type { PlannedFault } from './wrap.ts';

/** One test of the battery: a fault at one call of one workflow. */
export interface Cell {
  readonly scenario: string;
  readonly title: string;
  readonly workflow: string;
  readonly activity: string;
  /** Everything that is wrong afterwards; empty when the world is as it must be. */
  readonly problems: Promise<string[]>;
}

/** A fault that is to take place in an operation of its own. */
export interface Planned extends PlannedFault {
  /** The scenario's name. */
  readonly name: string;
  readonly scenario: Scenario;
  readonly subject: Subject;
  /** Whether the recipe allows the call one try only. */
  readonly once: boolean;
  readonly before: Snapshot;
  readonly clean: Snapshot;
}

/** Operations at the same time: those that work, those that wait for a time-out most of the time, those that begin. */
const AT_ONCE = { working: 12, waiting: 60, beginning: 8 } as const;

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
  // Those that hang until their worker is hit come first, so that the machine is not asked for everything at once.
  const struck = Promise.all([victims.strike(), sleepers.strike()]);
  const gates = { working: createGate(AT_ONCE.working), waiting: createGate(AT_ONCE.waiting) };
  const pace = createPace(AT_ONCE.beginning);
  const trials = plans.map((planned) => {
    const kind = neededWorker(planned.fault);
    if (kind === undefined) bench.plan.set(planned.nodeUuid, planned);
    const run = { ...planned, taskQueue: kind === undefined ? bench.taskQueue : queues[kind] };
    const gate = gates[planned.fault.startsWith('times out') ? 'waiting' : 'working'];
    const work = () => struck.then(() => gate(() => operate(bench, run)));
    return { planned, kind, trial: kind === undefined ? work() : pace(() => operate(bench, run)) };
  });
  // The stopped worker wakes up when another one has brought all of its operations to an end.
  const asleep = trials.filter(({ kind }) => kind === 'sleeper').map(({ trial }) => trial);
  const woken = Promise.allSettled(asleep).then(() => sleepers.wake());
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
  const { workflow, activity, id } = place;
  return { scenario: name, title: `${activity} (call ${id}) ${fault}`, workflow, activity, problems };
}

async function problemsOfCell(
  bench: Bench,
  cell: {
    planned: Planned;
    trial: Promise<Outcome>;
    fired: ReadonlySet<string>;
    /** The nodes whose overtaken call made a change all the same. */
    acted: Promise<ReadonlySet<string>>;
  },
): Promise<string[]> {
  const { nodeUuid, fault, scenario, before, clean, once, subject, place } = cell.planned;
  const outcome = await cell.trial;
  const acted = await cell.acted;
  const after = await subject.snapshot();
  const { status } = await bench.client.workflow.getHandle(workflowIdOf(scenario, nodeUuid)).describe();
  const { ends, isFinal }: Fault = FAULTS[fault];
  const asClean = scenario.outcome ?? 'done';
  const wanted = ends.map((end) => (end === 'done' ? asClean : end));
  const allowed: readonly Outcome[] = once && ends[0] === 'done' ? ['failed'] : wanted;
  const undoFails = isFinal === true && place.activity === scenario.undo;
  const healed = ends[0] === 'done' && !once && outcome === asClean;
  const problems = [
    ...(cell.fired.has(nodeUuid) ? [] : ['the fault never took place']),
    ...(acted.has(nodeUuid) ? ['the overtaken call changed the machine'] : []),
    ...(allowed.includes(outcome)
      ? []
      : [`ended ${outcome}, expected ${allowed.join(' or ')}: ${after.lastError ?? ''}`]),
    ...(status.name === 'RUNNING' ? ['the workflow is still open'] : []),
    ...problemsOf({ scenario, before, clean, after, outcome, undoFails, healed }),
    ...(outcome === 'refused' ? await problemsOfAskingAgain(bench, cell.planned) : []),
  ];
  await subject.close();
  return problems;
}

/** What was refused, without a change, is done when it is asked for again. */
async function problemsOfAskingAgain(bench: Bench, { nodeUuid, scenario, clean, subject }: Planned): Promise<string[]> {
  const before = await subject.snapshot();
  const outcome = await operate(bench, { taskQueue: bench.taskQueue, nodeUuid, scenario });
  const trial = { scenario, before, clean, after: await subject.snapshot(), outcome, healed: true };
  return problemsOf(trial).map((problem) => `asked again: ${problem}`);
}
