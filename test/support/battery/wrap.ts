import { activityInfo } from '@temporalio/activity';
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
}

type Activity = (input: { nodeUuid: string }) => Promise<unknown>;

/** Wraps every activity so that each planned fault takes place at its first delivery, once. */
export function wrapActivities(
  activities: object,
  plan: ReadonlyMap<string, PlannedFault>,
  listener: Listener,
): Record<string, Activity> {
  const fired = new Set<string>();
  const wrap = (name: string, activity: Activity): Activity => {
    return async (input) => {
      const place = placeOf(name);
      const { nodeUuid } = input;
      if (activityInfo().attempt === 1) listener.called?.(nodeUuid, place);
      const planned = plan.get(nodeUuid);
      const here = planned?.place.id === place.id && planned.place.activity === name;
      if (planned === undefined || !here || fired.has(nodeUuid)) return await activity(input);
      fired.add(nodeUuid);
      listener.fired(nodeUuid);
      const call: Call = {
        effect: () => activity(input),
        abort: () => listener.abort(nodeUuid),
        reached: () => listener.reached(nodeUuid),
      };
      return await FAULTS[planned.fault].act(call);
    };
  };
  const entries = Object.entries(activities) as [string, Activity][];
  return Object.fromEntries(entries.map(([name, activity]) => [name, wrap(name, activity)]));
}

function placeOf(activity: string): Place {
  const { activityId: id, isLocal } = activityInfo();
  return { activity, id, isLocal };
}
