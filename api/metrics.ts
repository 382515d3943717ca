import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** All metrics of the api process. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const durations = new Histogram({
  name: 'baremetal_api_request_seconds',
  help: 'Time from the arrival of a request to the end of its answer.',
  labelNames: ['method', 'status'],
  buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
  registers: [registry],
});

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** Counts and logs each request when it is answered. */
export function measureRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = process.hrtime.bigint();
    response.on('close', () => {
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      // A closed set of labels: the client chooses the method.
      const method = METHODS.has(request.method) ? request.method : 'other';
      durations.observe({ method, status: `${Math.floor(response.statusCode / 100)}xx` }, seconds);
      log.debug(
        { method: request.method, path: request.path, status: response.statusCode, ms: Math.round(seconds * 1000) },
        'request answered',
      );
    });
    next();
  };
}
