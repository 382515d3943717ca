import type { RetryPolicy } from '@temporalio/common';
import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Queues of workers that will be killed start with this: their calls are given up later, after the kill. */
export const VICTIM_QUEUE = 'victim-';

/**
 * Bundled with the workflows of the battery: the same tries as in production, but at once, and a call that does
 * not answer is given up after seconds. What is tried how often stays as the recipes say.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  const patienceMs = workflowInfo().taskQueue.startsWith(VICTIM_QUEUE) ? 60_000 : 8_000;
  const heartbeatTimeout = '15 seconds';
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
