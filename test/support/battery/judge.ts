import { FAILED_STATES, STABLE_STATES } from '../../../domain/provision-states.ts';
import { VLANS, type ChildFacts, type Snapshot } from '../world.ts';
import type { Outcome } from './faults.ts';
import type { Scenario } from './scenarios.ts';

/** What is to be judged: a node before its operation, after it, and after the same operation without a fault. */
export interface Trial {
  readonly scenario: Scenario;
  readonly before: Snapshot;
  readonly clean: Snapshot;
  readonly after: Snapshot;
  readonly outcome: Outcome;
  /** Whether the call that puts things back failed for good. */
  readonly undoFails?: boolean;
  /** Whether nothing may be left of the fault. */
  readonly healed?: boolean;
}

/** Everything that is wrong with the world after an operation; empty when it is as it must be. */
export function problemsOf(trial: Trial): string[] {
  const judged = trial.scenario.onFailure === 'whole' ? WHOLE : BY_OUTCOME;
  const asClean = trial.healed ? differences('not as after a clean run', trial.clean, trial.after) : [];
  return [...problemsAlways(trial), ...judged[trial.outcome](trial), ...asClean];
}

const BY_OUTCOME: Readonly<Record<Outcome, (trial: Trial) => string[]>> = {
  done: ({ clean, after, healed }) => (healed ? [] : differences('not as after a clean run', clean, after)),
  refused: ({ before, after }) => differences('refused, yet changed', before, after),
  failed: (trial) => problemsOfFailure(trial, /./),
  aborted: (trial) => problemsOfFailure(trial, /^The operation was aborted on request/),
};

/** A workflow that is no operation on the node leaves it alone, or does what it is for. */
const either = ({ before, clean, after }: Trial): string[] => {
  const untouched = differences('neither untouched', before, after);
  return untouched.length === 0 ? [] : differences('nor as after a clean run', clean, after);
};
const WHOLE: typeof BY_OUTCOME = { done: BY_OUTCOME.done, refused: either, failed: either, aborted: either };

function problemsAlways({ scenario, after, before, outcome, undoFails }: Trial): string[] {
  const { provisionState, reservation, operation, calls, powerState, devicePower } = after;
  const again = Object.entries(calls).filter(([name]) => name.endsWith(' again'));
  return [
    ...unless(
      // A refused recovery leaves a lost node as it found it; that the next one takes it over is tried.
      [...STABLE_STATES, ...FAILED_STATES].some((state) => state === provisionState) ||
        (outcome === 'refused' && before.provisionState === provisionState),
      `stuck: ${provisionState}`,
    ),
    ...unless(reservation === null && operation === null, `locked by ${reservation ?? ''} for ${operation ?? ''}`),
    ...unless(after.rescuePasswords === 0 || undoFails === true, 'a rescue password is kept'),
    ...unless(after.targetPowerState === null && !after.step, 'still shows a target power state or a step'),
    ...(undoFails ? problemsOfSilence(after) : problemsOfMaintenance(after)),
    ...unless(
      powerState === null || powerState === devicePower || powerState === scenario.machine.believed,
      `shows ${powerState ?? ''}, is ${devicePower}`,
    ),
    ...again.map(([name, count]) => `${count} × ${name}`),
    ...after.children.flatMap(problemsOfChild),
  ];
}

/** Whatever becomes of the operation, its parts are free again, and told nothing twice. */
function problemsOfChild({ reservation, operation, maintenance, calls, ...child }: ChildFacts): string[] {
  const again = Object.keys(calls).filter((name) => name.endsWith(' again'));
  return [
    ...unless(reservation === null && operation === null, `a child is locked for ${operation ?? ''}`),
    ...unless(!maintenance, 'a child is in maintenance'),
    ...unless(
      STABLE_STATES.some((state) => state === child.provisionState),
      `a child is ${child.provisionState}`,
    ),
    ...unless(child.powerState === child.devicePower, `a child shows ${child.powerState}, is ${child.devicePower}`),
    ...again.map((name) => `a child: ${name}`),
  ];
}

function problemsOfMaintenance({ fault, maintenance, session }: Snapshot): string[] {
  return [
    ...unless(fault === null && !maintenance, `in maintenance: ${fault ?? 'no fault'}`),
    ...unless(!session, 'the agent is still believed'),
  ];
}

/** What could not be put back must be said where a person looks. */
function problemsOfSilence({ fault, maintenance, lastError }: Snapshot): string[] {
  return [
    ...unless(maintenance && fault === 'undo failure', `not in maintenance for a failed undo: ${fault ?? 'no fault'}`),
    ...unless(
      /Could not (put the machine away|forget the rescue password): /.test(lastError ?? ''),
      `says ${lastError ?? ''}`,
    ),
  ];
}

/** Names every fact that differs. */
function differences(what: string, expected: Snapshot, found: Snapshot): string[] {
  const keys = Object.keys(expected) as (keyof Snapshot)[];
  return keys
    .filter((key) => ordered(expected[key]) !== ordered(found[key]))
    .map((key) => `${what}: ${key} is ${ordered(found[key])}, expected ${ordered(expected[key])}`);
}

function ordered(value: unknown): string {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return JSON.stringify(isRecord ? Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b)) : value);
}

function problemsOfFailure(trial: Trial, cause: RegExp): string[] {
  const { after, scenario } = trial;
  const legal = scenario.fails.includes(after.provisionState);
  return [
    ...unless(legal, `failed, yet is "${after.provisionState}"`),
    ...unless(cause.test(after.lastError ?? ''), `last_error is ${after.lastError ?? 'null'}`),
    ...(trial.undoFails ? [] : ON_FAILURE[scenario.onFailure](trial)),
    ...problemsOfCalls(trial),
  ];
}

const ON_FAILURE: Readonly<Record<Scenario['onFailure'], (trial: Trial) => string[]>> = {
  'put away': problemsOfPuttingAway,
  left: problemsOfLeaving,
  whole: either,
};

function problemsOfPuttingAway({ after }: Trial): string[] {
  return [
    ...unless(after.devicePower === 'power off', 'still powered on'),
    ...unless(
      after.vlans.every((vlan) => vlan === VLANS.parked),
      `attached to VLAN ${after.vlans.join(', ')}`,
    ),
  ];
}

function problemsOfLeaving({ before, clean, after }: Trial): string[] {
  const known = [...before.vlans, ...clean.vlans];
  return unless(
    after.vlans.every((vlan) => known.includes(vlan)),
    `attached to VLAN ${after.vlans.join(', ')}`,
  );
}

/** Undoing may power off once and move each port once more than a clean run; nothing else is done more often. */
const UNDOING = new Set(['power off', 'vlan']);

function problemsOfCalls({ clean, after }: Trial): string[] {
  return Object.entries(after.calls)
    .filter(([name, count]) => count > (clean.calls[name] ?? 0) + (UNDOING.has(name) ? 1 : 0))
    .map(([name, count]) => `${count} × ${name}, ${clean.calls[name] ?? 0} in a clean run`);
}

function unless(condition: boolean, problem: string): string[] {
  return condition ? [] : [problem];
}
