import type proto from '@temporalio/proto';

type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

/** Where the time of one operation went, in seconds. */
export interface Shares {
  readonly total: number;
  /** Firmware and guest: from the power-on until the agent called. */
  readonly booting: number;
  /** Commands that the agent ran, by activity. */
  readonly agent: Readonly<Record<string, number>>;
  /** BMC and switch: their answers and Anneal's looking whether they obeyed, counted as Anneal's own. */
  readonly devices: number;
  /** All but firmware, agent and guest. */
  readonly own: number;
}

/** Activities that do nothing but wait for a command of the agent. */
const AGENT = new Set(['listAgentSteps', 'runAgentStep', 'verifyErasure', 'writeImage', 'prepareInstanceBoot']);
const SIGNALS = new Set(['agent-heartbeat', 'inventory-received']);

/**
 * Splits the time of an operation by its Temporal history: from a boot's end to the agent's call it was the machine's,
 * while an activity of the agent ran it was the agent's, and the rest was Anneal's.
 */
export function sharesOf(events: readonly HistoryEvent[]): Shares {
  const at = (event: HistoryEvent | undefined) => secondsOf(event?.eventTime);
  const agent: Record<string, number> = {};
  let booting = 0;
  let devices = 0;
  let booted: number | undefined;
  for (const event of events) {
    if (SIGNALS.has(event.workflowExecutionSignaledEventAttributes?.signalName ?? '') && booted !== undefined) {
      booting += at(event) - booted;
      booted = undefined;
    }
    const done = event.activityTaskCompletedEventAttributes;
    if (!done) continue;
    const find = (id: unknown) => events.find(({ eventId }) => String(eventId) === String(id));
    const name = find(done.scheduledEventId)?.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
    const took = at(event) - at(find(done.startedEventId));
    if (AGENT.has(name)) agent[name] = (agent[name] ?? 0) + took;
    else devices += took;
    if (name === 'bootAgent') booted = at(event);
  }
  const total = at(events.at(-1)) - at(events[0]);
  const ofAgent = Object.values(agent).reduce((sum, seconds) => sum + seconds, 0);
  return { total, booting, agent, devices, own: total - booting - ofAgent };
}

function secondsOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9;
}
