import { sweeping } from './proxies.ts';

/** Deletes events of nodes that are older than so many days, and deliveries of webhooks with them; history stays. */
export function forgetEvents({ days }: { readonly days: number }): Promise<{ deleted: number }> {
  return sweeping.forgetEvents.executeWithOptions({ summary: `events older than ${days} days` }, [{ days }]);
}
