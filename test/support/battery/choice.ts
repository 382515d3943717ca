import type { Snapshot } from '../world.ts';
import { FAULTS, type Fault, type FaultName, type Place } from './faults.ts';
import type { Scenario } from './scenarios.ts';

/** A scenario that was run without a fault. */
export interface CleanRun {
  readonly name: string;
  readonly scenario: Scenario;
  /** The calls that its workflow made, in their order. */
  readonly places: readonly Place[];
  /** Ids of the calls that the recipe allows one try only. */
  readonly once: ReadonlySet<string>;
  readonly snapshot: Snapshot;
  readonly problems: readonly string[];
}

/** A fault at a call of a scenario. */
export interface Wish {
  readonly run: CleanRun;
  readonly place: Place;
  readonly fault: FaultName;
}

/**
 * What is tried at an activity that another workflow has been tried out with. The activity itself is known to
 * bear every fault; what is to be seen is that this recipe ends well, or undoes what it did.
 */
const KNOWN: Readonly<Record<'record' | 'fake' | 'agent', readonly FaultName[]>> = {
  record: ['fails for good before its effect', 'is aborted after its effect'],
  fake: [
    'fails for good before its effect',
    'is delivered twice',
    'is aborted after its effect',
    'loses its worker after its effect',
  ],
  // With an agent an operation takes seconds.
  agent: ['fails for good before its effect', 'is aborted after its effect'],
};

/** Every fault at every activity, and in every workflow what is decisive for the workflow. */
export function chooseFaults(runs: readonly CleanRun[]): Wish[] {
  const known = new Set<string>();
  return runs.flatMap((run) => {
    const wishes = callsOf(run).flatMap((place) => {
      const kind = place.isLocal ? 'record' : (run.scenario.machine.kind ?? 'fake');
      const isKnown = known.has(`${kind} ${place.activity}`);
      known.add(`${kind} ${place.activity}`);
      return faultsAt(run, place).filter(({ fault }) => !isKnown || KNOWN[kind].includes(fault));
    });
    return wishes;
  });
}

/** The first call of each activity, or every one. */
function callsOf({ places, scenario: { only, everyCall } }: CleanRun): Place[] {
  const isFirst = (place: Place) => places.find(({ activity }) => activity === place.activity) === place;
  return places.filter((place) => (everyCall || isFirst(place)) && (only?.includes(place.activity) ?? true));
}

function faultsAt(run: CleanRun, place: Place): Wish[] {
  const faults = Object.entries(FAULTS) as [FaultName, Fault][];
  const fitting = faults.filter(([, { fits }]) => fits(place, run.once.has(place.id)));
  return fitting.map(([fault]) => ({ run, place, fault }));
}
