import type { RetryPolicy } from '@temporalio/common';
import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Queues of workers that will be killed start with this: their calls are given up later, after the kill. */
export const VICTIM_QUEUE = 'victim-';
/** Queues of workers that will be stopped and woken. */
export const SLEEPER_QUEUE = `${VICTIM_QUEUE}sleeper-`;

/**
 * Bundled with the workflows of the battery: the same tries as in production, but at once, and a call that does
 * not answer is given up after seconds. What is tried how often stays as the recipes say.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  const { taskQueue } = workflowInfo();
  const patienceMs = taskQueue.startsWith(VICTIM_QUEUE) ? 60_000 : 12_000;
  const heartbeatTimeout = taskQueue.startsWith(SLEEPER_QUEUE) ? '8 seconds' : '15 seconds';
  return {
    outbound: [
      {
        scheduleActivity: (input, next) => {
          const { retry, ...options } = input.options;
          return next({
            ...input,
            options: { ...options, startToCloseTimeout: patienceMs, heartbeatTimeout, retry: quick(retry) },
          });
        },
        // Pauses of recipes are short; deadlines are minutes and stay as they are.
        startTimer: (input, next) => next({ ...input, durationMs: input.durationMs < 60_000 ? 50 : input.durationMs }),
        scheduleLocalActivity: (input, next) => {
          const { retry, ...options } = input.options;
          return next({ ...input, options: { ...options, startToCloseTimeout: patienceMs, retry: quick(retry) } });
        },
      },
    ],
  };
};

function quick(retry: RetryPolicy | undefined): RetryPolicy {
  return { ...retry, initialInterval: 20, maximumInterval: 100 };
}
