import { Client, Connection } from '@temporalio/client';
import type { Server } from 'node:http';
import { pino } from 'pino';
import { createPool } from '../db/pool.ts';
import { createDataConverter, parsePayloadKey } from '../temporal/payload-codec.ts';
import { createApp } from './app.ts';
import { assertUsable } from './auth/htpasswd.ts';
import { readConfig, type ApiConfig } from './config.ts';
import { createApiServer } from './listen.ts';

/** A running api process. */
interface RunningApi {
  readonly server: Server;
  close(): Promise<void>;
}

/** How long requests under way may take after SIGTERM. */
const LAST_ANSWERS_MS = 5000;

/** Starts the front-end; it answers also while PostgreSQL or Temporal are away, with 503. */
function start(config: ApiConfig): RunningApi {
  const log = pino({ level: config.ANNEAL_LOG_LEVEL, name: 'api' });
  const db = createPool(config.DATABASE_URL);
  const connection = Connection.lazy({ address: config.TEMPORAL_ADDRESS });
  const key = config.ANNEAL_PAYLOAD_KEY;
  const dataConverter = createDataConverter(key === undefined ? undefined : parsePayloadKey(key));
  const temporal = new Client({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    ...(dataConverter && { dataConverter }),
  });
  const server = createApiServer(createApp({ db, temporal, config, log }), config, log);
  server.listen(config.ANNEAL_API_PORT, config.ANNEAL_API_HOST);
  server.on('listening', () => log.info({ address: server.address() }, 'api listens'));
  return {
    server,
    async close() {
      // Followers of live progress would stay for hours; they come back to another process, and miss nothing.
      setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS).unref();
      await new Promise((resolve) => server.close(resolve));
      await connection.close();
      await db.end();
    },
  };
}

const config = readConfig(process.env);
if (config.ANNEAL_AUTH_STRATEGY === 'http_basic') await assertUsable(config.ANNEAL_HTPASSWD_FILE ?? '');
const api = start(config);
api.server.on('error', (error) => {
  process.stderr.write(`The api cannot listen: ${error.message}\n`);
  process.exitCode = 1;
  void api.close();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void api.close());
