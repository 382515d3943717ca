import type { OperationSummary } from '../../db/operations-read.ts';
import { nodeWorkflowId } from '../../domain/ids.ts';
import type { NodeEvent } from '../../domain/node-events.ts';
import type { RequestContext } from '../route.ts';
import { storyOf, type CallStory, type StepStory } from './story.ts';

/** An operation as the API shows it. */
export function operationView(
  nodeUuid: string,
  { summary, events }: { summary: OperationSummary; events: readonly NodeEvent[] },
  { origin }: RequestContext,
) {
  const story = storyOf(events);
  const self = `${origin}/v1/nodes/${nodeUuid}/operations/${summary.run}`;
  const endedAt = summary.running ? null : (story.endedAt ?? summary.lastEventAt);
  return {
    uuid: summary.run,
    node_uuid: nodeUuid,
    operation: story.operation,
    verb: summary.verb,
    outcome: outcomeOf(summary, story.outcome),
    started_at: summary.startedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
    duration_s: secondsBetween(summary.startedAt, endedAt),
    last_event: summary.lastEvent,
    last_error: story.lastError,
    host: story.host,
    request_id: summary.requestId,
    username: summary.username,
    temporal: { workflow_id: nodeWorkflowId(nodeUuid), run_id: summary.run },
    states: story.states.map(({ state, at }) => ({ state, at: at.toISOString() })),
    steps: story.steps.map(stepView),
    calls: story.calls.map(callView),
    links: [
      { href: self, rel: 'self' },
      { href: `${self}/events`, rel: 'events' },
    ],
  };
}

/** Operations from before there were events have their history only. */
function outcomeOf({ running, failed }: OperationSummary, told: string): string {
  if (running || told !== 'running') return told;
  return failed ? 'failed' : 'done';
}

function stepView({ startedAt, endedAt, ...step }: StepStory) {
  return {
    ...step,
    started_at: startedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
    duration_s: secondsBetween(startedAt, endedAt),
  };
}

function callView({ call, attempt, step, startedAt, endedAt, ...end }: CallStory) {
  return {
    call,
    attempt,
    step,
    outcome: end.outcome ?? 'running',
    started_at: startedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
    duration_s: secondsBetween(startedAt, endedAt),
    code: end.code ?? null,
    message: end.message ?? null,
    answers: end.answers ?? [],
  };
}

function secondsBetween(from: Date, to: Date | null): number | null {
  return to === null ? null : (to.getTime() - from.getTime()) / 1000;
}

/** An event as live progress and webhooks tell it. */
export function eventView({ id, nodeUuid, run, at, type, data }: NodeEvent) {
  return { id, at: at.toISOString(), type, node_uuid: nodeUuid, operation_uuid: run, data };
}
