import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import type { Logger } from 'pino';
import { answersOf } from '../activities/answers.ts';
import { progressOf } from '../activities/progress.ts';
import { addCallEvents, type CallEvent } from '../db/node-events.ts';
import type { Queryable } from '../db/pool.ts';
import { nodeOfWorkflowId } from '../domain/ids.ts';
import type { CallEnd, CallTry } from '../domain/node-events.ts';
import { createBatch } from './batch.ts';

/** Shorter tries are told of when they end: one row each. */
const WORTH_TELLING_MS = 1000;
/** News of a long try come at growing distances, so that an erase of a day leaves a few hundred rows. */
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Tells of one try. */
type Tell = (event: Pick<CallEvent, 'type' | 'data'>) => Promise<void>;

/**
 * Writes down each try of each activity that handles a node's devices: how long it took, how it ended, what the
 * devices said. Put it outermost: it sees failures as histories see them, without secrets.
 */
export function createCallLog(db: Queryable, log: Logger): (context: Context) => ActivityInterceptors {
  const add = createBatch<CallEvent>(async (events) => {
    // An operation doesn't fail for want of its log.
    await addCallEvents(db, events).catch((err: unknown) => log.warn({ err }, 'tries of activities not written'));
  });
  return (context) => {
    const { isLocal, workflowExecution } = context.info;
    const nodeUuid = nodeOfWorkflowId(workflowExecution?.workflowId ?? '');
    if (isLocal || workflowExecution === undefined || nodeUuid === undefined) return {};
    return { inbound: createInbound(context, (event) => add({ ...event, nodeUuid, run: workflowExecution.runId })) };
  };
}

function createInbound(context: Context, tell: Tell): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const { activityType: call, attempt } = context.info;
      const startedAt = performance.now();
      const end = async (ending: Pick<CallEnd, 'outcome' | 'code' | 'message'>) => {
        stop();
        const duration_ms = Math.round(performance.now() - startedAt);
        await tell({
          type: 'call ended',
          data: { call, attempt, duration_ms, ...ending, answers: answersOf(context) },
        });
      };
      const stop = tellWhileRunning(context, { call, attempt }, tell);
      try {
        const result = await next(input);
        await end({ outcome: 'done', code: null, message: null });
        return result;
      } catch (error) {
        await end(endingOf(error));
        throw error;
      }
    },
  };
}

/** Tells that a try runs, once it has run for a while, and what it reports. */
function tellWhileRunning(context: Context, running: CallTry, tell: Tell): () => void {
  let timer: NodeJS.Timeout;
  let told: string | undefined;
  const look = (pauseMs: number) => {
    const progress = progressOf(context);
    const text = JSON.stringify(progress);
    if (told === undefined) void tell({ type: 'call started', data: running });
    else if (text !== undefined && text !== told) void tell({ type: 'call progress', data: { ...running, progress } });
    told = text ?? '';
    timer = setTimeout(look, pauseMs, Math.min(pauseMs * 1.2, LONGEST_PAUSE_MS)).unref();
  };
  timer = setTimeout(look, WORTH_TELLING_MS, WORTH_TELLING_MS * 2).unref();
  return () => clearTimeout(timer);
}

function endingOf(error: unknown): Pick<CallEnd, 'outcome' | 'code' | 'message'> {
  if (error instanceof CancelledFailure) return { outcome: 'cancelled', code: null, message: error.message };
  const failure = error instanceof ApplicationFailure ? error : undefined;
  return { outcome: 'failed', code: failure?.type ?? 'InternalError', message: failure?.message ?? null };
}
