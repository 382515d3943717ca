import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { readConfig } from '../api/config.ts';
import { createPolicySource } from '../api/policy/policy-source.ts';
import type { Route } from '../api/route.ts';
import { allRoutes } from '../api/routes.ts';
import { createPool } from '../db/pool.ts';

/** Every line of the API, to be told of. Routes are made over tools; none of these is used, or connects before it is. */
export function everyRoute(env: NodeJS.ProcessEnv = {}): Route[] {
  const log = pino({ level: 'silent' });
  const config = readConfig({ ...env, DATABASE_URL: 'postgresql:///nowhere' });
  const temporal = new Client({ connection: Connection.lazy({ address: config.TEMPORAL_ADDRESS }) });
  return allRoutes({ db: createPool(config.DATABASE_URL), temporal, config, log }, createPolicySource(undefined, log));
}
