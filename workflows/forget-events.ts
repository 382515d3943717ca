import type { ForgetEventsInput } from '../activities/retention.ts';
import { sweeping } from './proxies.ts';

/** Deletes events of nodes that are older than so many days, and deliveries of webhooks with them; history stays. */
export function forgetEvents(input: ForgetEventsInput): Promise<{ deleted: number }> {
  const summary = `events older than ${input.days} days, by site "${input.site}"`;
  return sweeping.forgetEvents.executeWithOptions({ summary }, [input]);
}
