import { Context } from '@temporalio/activity';

const reported = new WeakMap<Context, unknown>();

/** Shows how far the running activity is (heartbeat details in the Temporal UI); JSON-safe, no secrets. */
export function reportProgress(details: unknown): void {
  const context = Context.current();
  reported.set(context, details);
  context.heartbeat(details);
}

/** What an activity reported last: the worker's own heartbeats repeat it. */
export function progressOf(context: Context): unknown {
  return reported.get(context);
}
