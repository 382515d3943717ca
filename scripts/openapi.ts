/** Prints the OpenAPI document of the API, as the api serves it at /openapi.json: `npm run --silent openapi > openapi.json`. */
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { readConfig } from '../api/config.ts';
import { openApiDocument } from '../api/openapi/document.ts';
import { createPolicySource } from '../api/policy/policy-source.ts';
import { allRoutes } from '../api/routes.ts';
import { createPool } from '../db/pool.ts';

const log = pino({ level: 'silent' });
// Routes are made over tools; none of these is used, or connects before it is.
const config = readConfig({ ...process.env, DATABASE_URL: 'postgresql:///nowhere' });
const temporal = new Client({ connection: Connection.lazy({ address: config.TEMPORAL_ADDRESS }) });
const routes = allRoutes(
  { db: createPool(config.DATABASE_URL), temporal, config, log },
  createPolicySource(undefined, log),
);
process.stdout.write(`${JSON.stringify(openApiDocument(routes), null, 2)}\n`);
