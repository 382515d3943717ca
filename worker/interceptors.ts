import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import { stdSerializers, type Logger } from 'pino';
import { progressOf } from '../activities/progress.ts';
import { withoutSecrets } from '../activities/secrets.ts';
import { BareMetalError } from '../domain/errors.ts';

/** Pause before the next try when somebody else holds the thing. */
const BUSY_DELAY = '5 seconds';
/** How often a running activity says that it lives; a heartbeat also brings the news of an abort. */
const HEARTBEAT_MS = 4000;

/** Turns what activities throw into what Temporal does next, and keeps long activities alive. */
export function createActivityInterceptors(log: Logger): (context: Context) => ActivityInterceptors {
  return (context) => ({ inbound: createInbound(context, log) });
}

function createInbound(context: Context, log: Logger): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const stop = context.info.isLocal ? () => {} : beat(context);
      try {
        return await next(input);
      } catch (error) {
        if (context.cancellationSignal.aborted) throw new CancelledFailure('The activity was cancelled.');
        throw translate(error, context, log);
      } finally {
        stop();
      }
    },
  };
}

function beat(context: Context): () => void {
  const timer = setInterval(() => context.heartbeat(progressOf(context)), HEARTBEAT_MS);
  return () => clearInterval(timer);
}

/** The kind of an error decides alone: retry, wait and retry, or stop. Causes stay in the log, out of histories. */
function translate(error: unknown, context: Context, log: Logger): unknown {
  const { info } = context;
  // Cancelled: another attempt has taken over, or the abort was heard before the worker heard of it.
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const facts = { activity: info.activityType, workflow: info.workflowExecution?.workflowId, attempt: info.attempt };
  if (!(error instanceof BareMetalError)) {
    log.error({ ...facts, err: forLog(error, context) }, 'activity failed unexpectedly');
    return unexpected(error);
  }
  log.warn({ ...facts, code: error.code, err: forLog(error, context) }, 'activity failed');
  return ApplicationFailure.create({
    type: error.code,
    message: withoutSecrets(context, error.message),
    nonRetryable: error.kind === 'stop' || error.kind === 'bug',
    ...(error.kind === 'wait' && { nextRetryDelay: BUSY_DELAY }),
  });
}

/** An error with its causes as the log has it, without the secrets that the activity had in its hands. */
function forLog(error: unknown, context: Context): object {
  if (!(error instanceof Error)) return { message: withoutSecrets(context, String(error)) };
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message: withoutSecrets(context, message), stack: withoutSecrets(context, stack) };
}

/** Anything else is retried: most often PostgreSQL is away for a moment. */
function unexpected(error: unknown): ApplicationFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const message = `Something unexpected happened${code}; the worker's log has the details.`;
  return ApplicationFailure.create({ type: 'InternalError', message, nonRetryable: isBug(error) });
}

/** Errors of our own code do not heal by being repeated. */
function isBug(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((type) => error instanceof type);
}
