import { registry } from '../metrics.ts';
import { route, type Answer, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

/** The process lives; PostgreSQL and Temporal answer; what Prometheus reads. */
export function healthRoutes(tools: Tools): Route[] {
  return [
    route({ method: 'get', path: '/healthz', open: true, run: () => ({ status: 200, body: { status: 'ok' } }) }),
    route({ method: 'get', path: '/readyz', open: true, run: () => readiness(tools) }),
    route({
      method: 'get',
      path: '/metrics',
      open: true,
      run: async () => ({ status: 200, json: await registry.metrics(), contentType: registry.contentType }),
    }),
  ];
}

const READY_TIMEOUT_MS = 2000;

async function readiness({ db, temporal, log }: Tools): Promise<Answer> {
  const checks = {
    postgresql: db.query('select 1'),
    temporal: temporal.withDeadline(Date.now() + READY_TIMEOUT_MS, () => temporal.workflowService.getSystemInfo({})),
  };
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const failure = await check.then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure !== undefined) log.warn({ err: failure, part: name }, 'not ready');
      return [name, failure === undefined ? 'ok' : 'does not answer'] as const;
    }),
  );
  const ready = results.every(([, state]) => state === 'ok');
  return { status: ready ? 200 : 503, body: Object.fromEntries(results) };
}
