import { setTimeout as sleep } from 'node:timers/promises';
import { request, round } from '../client.ts';
import type { Service } from '../services.ts';

// Seldom enough not to keep the service from its start.
const PROBE_MS = 50;
const LIMIT_MS = 180_000;

/** Seconds from the start of a service's own processes. */
export interface ColdStart {
  /** Until the API lists nodes. */
  readonly firstAnswerS: number;
  /** Until a node can be made: a conductor or worker has registered its drivers. */
  readonly firstNodeS: number;
}

/** Stops the service's own processes and starts them again; database and Temporal stay. */
export async function measureColdStart(service: Service, label: string): Promise<ColdStart> {
  for (const name of service.own.toReversed()) await service.processes.get(name)?.stop();
  const startedAt = performance.now();
  const secondsUntil = async (attempt: () => Promise<unknown>) => {
    while (
      !(await attempt().then(
        () => true,
        () => false,
      ))
    ) {
      if (performance.now() - startedAt > LIMIT_MS) throw new Error(`${label} does not serve`);
      await sleep(PROBE_MS);
    }
    return round((performance.now() - startedAt) / 1000);
  };
  const started = service.startOwn();
  const firstAnswerS = await secondsUntil(() => request(service.apiUrl, 'GET', '/v1/nodes?limit=1'));
  const node = { driver: 'fake-hardware', name: `cold-start-${label}` };
  const firstNodeS = await secondsUntil(() => request(service.apiUrl, 'POST', '/v1/nodes', node));
  await started;
  return { firstAnswerS, firstNodeS };
}
