import { countBytes, round } from '../client.ts';
import { costOf, quantile } from '../measure.ts';
import type { Service } from '../services.ts';

/** The lists that are measured. */
export const LISTS = [
  '/v1/nodes',
  '/v1/nodes/detail',
  '/v1/nodes?limit=100',
  '/v1/nodes?fields=uuid,name,provision_state,power_state',
] as const;

/** How fast one list is. */
export interface ListFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly bytes: number;
  /** CPU time of all its processes, database included, for one answer. */
  readonly cpuMs: number;
}

/** Asks for a list again and again, by so many clients at once. @throws Error when an answer isn't 200 */
export async function measureList(
  { apiUrl, processes }: Service,
  path: string,
  { clients, seconds }: { clients: number; seconds: number },
): Promise<ListFigures> {
  const url = apiUrl + path;
  const bytes = await countBytes(url);
  const times: number[] = [];
  const endsAt = performance.now() + seconds * 1000;
  const client = async () => {
    while (performance.now() < endsAt) {
      const askedAt = performance.now();
      await countBytes(url);
      times.push(performance.now() - askedAt);
    }
  };
  const cost = await costOf(processes, () => Promise.all(Array.from({ length: clients }, client)));
  return {
    perSecond: round(times.length / cost.seconds),
    p50Ms: round(quantile(times, 0.5)),
    p95Ms: round(quantile(times, 0.95)),
    bytes,
    cpuMs: round(cost.cpuMs / times.length),
  };
}
