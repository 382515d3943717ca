import { tellsOfAbort } from '../../domain/aborted.ts';
import type { CallEnd, CallTry, NodeEvent, NodeEventData } from '../../domain/node-events.ts';
import { stepKey } from '../../domain/steps.ts';

/** One step of an operation, with its place in time. */
export interface StepStory {
  readonly kind: string;
  readonly interface: string;
  readonly step: string;
  readonly index: number | null;
  readonly total: number | null;
  readonly startedAt: Date;
  endedAt: Date | null;
}

/** One try of one call on devices. */
export interface CallStory extends CallTry, Partial<Omit<CallEnd, keyof CallTry>> {
  /** The step that it belongs to, as `interface.step`. */
  readonly step: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** What became of an operation, out of its events. */
export interface OperationStory {
  operation: string | null;
  host: string | null;
  endedAt: Date | null;
  outcome: 'running' | 'done' | 'failed' | 'aborted';
  lastError: string | null;
  readonly states: { readonly state: string; readonly at: Date }[];
  readonly steps: StepStory[];
  readonly calls: CallStory[];
}

/** Tells the operation of these events, oldest first. */
export function storyOf(events: readonly NodeEvent[]): OperationStory {
  const story: OperationStory = {
    operation: null,
    host: null,
    endedAt: null,
    outcome: 'running',
    lastError: null,
    states: [],
    steps: [],
    calls: [],
  };
  for (const { type, at, data } of events) {
    (CHAPTERS[type] as (story: OperationStory, at: Date, data: unknown) => void)(story, at, data);
  }
  return story;
}

type Chapter<Type extends keyof NodeEventData> = (story: OperationStory, at: Date, data: NodeEventData[Type]) => void;

const CHAPTERS: { readonly [Type in keyof NodeEventData]: Chapter<Type> } = {
  'operation started'(story, _at, { operation, host }) {
    Object.assign(story, { operation, host });
  },
  'operation ended'(story, at, { last_error: lastError }) {
    closeStep(story, at);
    Object.assign(story, { endedAt: at, lastError, outcome: outcomeOf(lastError) });
  },
  state(story, at, { to }) {
    story.states.push({ state: to, at });
  },
  power() {},
  'cleaning proved'() {},
  step(story, at, step) {
    closeStep(story, at);
    story.steps.push({ ...step, startedAt: at, endedAt: null });
  },
  'call started'(story, at, call) {
    story.calls.push({ ...call, step: runningStep(story), startedAt: at, endedAt: null });
  },
  'call progress'() {},
  'call ended'(story, at, end) {
    const begun = story.calls.findLastIndex(
      (one) => one.endedAt === null && one.call === end.call && one.attempt === end.attempt,
    );
    if (begun >= 0) story.calls.splice(begun, 1);
    const startedAt = new Date(at.getTime() - end.duration_ms);
    story.calls.push({ ...end, step: runningStep(story), startedAt, endedAt: at });
    // Each step is one call (workflows/steps.ts).
    if (end.outcome === 'done') closeStep(story, at);
  },
};

function outcomeOf(lastError: string | null): OperationStory['outcome'] {
  if (lastError === null) return 'done';
  return tellsOfAbort(lastError) ? 'aborted' : 'failed';
}

function closeStep({ steps }: OperationStory, at: Date): void {
  const last = steps.at(-1);
  if (last?.endedAt === null) last.endedAt = at;
}

/** The step under way. */
function runningStep({ steps }: OperationStory): string | null {
  const last = steps.at(-1);
  return last === undefined || last.endedAt !== null
    ? null
    : stepKey({ interface: last.interface as 'deploy', step: last.step });
}
