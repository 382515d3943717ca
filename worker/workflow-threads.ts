/**
 * To be loaded before `worker/main` (`node --import`), and so in each of its threads. Where V8 has promise hooks, the
 * SDK keeps the stack of every promise that a workflow makes, for the query `__stack_trace`; it does without where there
 * are none (SDK 1.24, worker/src/workflow/vm-shared.ts). The stacks are much of a workflow thread's time, and how far an
 * operation is shows in its current details.
 */
import { isMainThread } from 'node:worker_threads';
import v8 from 'node:v8';

if (!isMainThread) {
  v8.promiseHooks.createHook = () => {
    throw new Error('Workflow threads go without promise hooks.');
  };
}
