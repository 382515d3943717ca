import { activityInfo } from '@temporalio/activity';
import type { Changing } from './changes.ts';
import { FAULTS, type Call, type FaultName, type Place } from './faults.ts';

/** A fault at one place of one node's operation. */
export interface PlannedFault {
  readonly nodeUuid: string;
  readonly place: Place;
  readonly fault: FaultName;
}

/** What the wrapped activities tell. */
export interface Listener {
  /** Every first delivery of a call. */
  readonly called?: (nodeUuid: string, place: Place) => void;
  /** The fault of this node takes place now. */
  readonly fired: (nodeUuid: string) => void;
  readonly reached: (nodeUuid: string) => void;
  readonly abort: (nodeUuid: string) => Promise<void>;
  /** Waits at a change of this node's machine until its worker goes on; then tells whether the change was made. */
  readonly standStill?: (nodeUuid: string, change: () => Promise<unknown>) => Promise<unknown>;
}

/** The argument of any activity: of a node's, or of those that look at many. */
interface Input {
  readonly nodeUuid?: string;
  readonly site?: string;
  readonly selector?: { readonly nodes?: readonly string[] };
}

type Activity = (input: Input) => Promise<unknown>;

/** Faults put into a worker: round its activities, and round the changes that they make. */
export interface Wrapping {
  readonly activities: (activities: object) => Record<string, Activity>;
  readonly changing: Changing;
}

/** Makes each planned fault take place at its first delivery, once. */
export function wrapWith(plan: ReadonlyMap<string, PlannedFault>, listener: Listener): Wrapping {
  const fired = new Set<string>();
  /** The first deliveries that run, by node and call; how many changes each of them has begun. */
  const begun = new Map<string, Place>();
  const stops = new Map<string, number>();
  const wrap = (name: string, activity: Activity): Activity => {
    return async (input) => {
      const place = placeOf(name);
      const nodeUuid = subjectOf(input);
      const key = `${nodeUuid}/${place.id}`;
      if (activityInfo().attempt === 1) {
        begun.set(key, place);
        listener.called?.(nodeUuid, place);
      }
      const planned = plan.get(nodeUuid);
      const here = planned !== undefined && isSame(planned.place, place);
      if (!here || fired.has(nodeUuid)) return await activity(input);
      fired.add(nodeUuid);
      listener.fired(nodeUuid);
      const call: Call = {
        effect: () => activity(input),
        abort: () => listener.abort(nodeUuid),
        reached: () => listener.reached(nodeUuid),
        standStillAt: (change) => void stops.set(key, change),
        place: planned.place,
      };
      return await FAULTS[planned.fault].act(call);
    };
  };
  return {
    activities(activities) {
      const entries = Object.entries(activities) as [string, Activity][];
      return Object.fromEntries(entries.map(([name, activity]) => [name, wrap(name, activity)]));
    },
    changing({ nodeUuid, id }, change) {
      const key = `${nodeUuid}/${id}`;
      const place = begun.get(key);
      if (place === undefined || activityInfo().attempt !== 1) return change();
      place.changes += 1;
      const stopsHere = stops.get(key) === place.changes && listener.standStill !== undefined;
      return stopsHere ? listener.standStill(nodeUuid, change) : change();
    },
  };
}

/** The battery's sites have one node each, and are named after it. */
function subjectOf({ nodeUuid, site, selector }: Input): string {
  return nodeUuid ?? selector?.nodes?.[0] ?? site ?? '';
}

function placeOf(activity: string): Place {
  const { activityId: id, isLocal, workflowType: workflow = '' } = activityInfo();
  return { workflow, activity, id, isLocal, changes: 0 };
}

function isSame(a: Place, b: Place): boolean {
  return a.workflow === b.workflow && a.activity === b.activity && a.id === b.id;
}
