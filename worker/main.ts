import { setFlagsFromString } from 'node:v8';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { readBuiltInRules } from '../activities/built-in-rules.ts';
import { createPool } from '../db/pool.ts';
import { connectClient } from '../temporal/client.ts';
import { ensureForgetEvents, ensurePowerSweep } from '../temporal/schedules.ts';
import { ensureSearchAttributes } from '../temporal/search-attributes.ts';
import { loadWorkflowBundle } from './bundle.ts';
import { readWorkerConfig, type WorkerConfig } from './config.ts';
import { connectWorker } from './connection.ts';
import { startRegistration } from './registration.ts';
import { startSerialConsoles } from './serial-consoles.ts';
import { createTools } from './tools.ts';
import type { VncParts } from './vnc-proxy.ts';
import { startWebhooks } from './webhooks.ts';
import { createWorker } from './worker.ts';

const config = readWorkerConfig(process.env);
const log = pino({ level: config.logLevel, base: { worker: config.hostname, site: config.site } });
// The SDK keeps the stack of every promise that a workflow makes, and maps each frame to its source: with V8's ten
// frames that is a third of the workflow thread's time. Four still show the recipe's line.
setFlagsFromString('--stack-trace-limit=4');
Runtime.install({ logger: temporalLogger(log) });
await run(config, log);

/** Runs until SIGINT or SIGTERM; running activities get the grace time to end. */
async function run({ databaseUrl, temporal, site, hostname, ...rest }: WorkerConfig, logger: Logger): Promise<void> {
  // A file that doesn't fit stops the start, and not the first inspection.
  await readBuiltInRules(rest.activities.inspectionRulesFile);
  const workflowBundle = await loadWorkflowBundle({ encrypted: temporal.payloadKey !== undefined });
  const connection = await connectWorker(temporal.address, logger);
  const { connection: clientConnection, client } = await connectClient(temporal);
  await ensureSearchAttributes(clientConnection, temporal.namespace);
  const db = createPool(databaseUrl, { maxConnections: 20 });
  const tools = createTools({ hostname, ...rest }, db, logger);
  const worker = await createWorker({
    connection,
    tools,
    workflowBundle,
    config: { temporal, site, hostname, ...rest },
  });
  const hardwareTypes = tools.drivers.hardwareTypes();
  const unregister = await startRegistration(db, { hostname, site, hardwareTypes }, logger);
  await ensurePowerSweep(client, { site, seconds: rest.powerSweepSeconds });
  await ensureForgetEvents(client, { site, days: rest.eventRetentionDays });
  const parts = { db, drivers: tools.drivers, log: logger, hostname, site };
  const stopConsoles = startSerialConsoles(parts, rest.consoles);
  const stopVnc = await startVnc(parts, rest.consoles);
  const webhooks = { allowedHosts: rest.webhookHosts, payloadKey: temporal.payloadKey };
  const stopWebhooks = startWebhooks(db, webhooks, logger);
  logger.info({ queue: worker.options.taskQueue }, 'worker started');
  try {
    await worker.run();
  } finally {
    await Promise.all([unregister(), stopWebhooks(), stopConsoles(), stopVnc()]);
    await Promise.all([tools.drivers.close(), tools.agent.close()]);
    await Promise.all([clientConnection.close(), connection.close(), db.end()]);
    logger.info('worker stopped');
  }
}

/** What it takes to serve pages is loaded only where they are served. */
async function startVnc(
  parts: VncParts,
  { address, vncPort: port }: WorkerConfig['consoles'],
): Promise<() => Promise<void>> {
  if (port === undefined) return () => Promise.resolve();
  const { startVncProxy } = await import('./vnc-proxy.ts');
  return await startVncProxy(parts, { address, port });
}

function temporalLogger(logger: Logger): DefaultLogger {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const { error, taskToken: _long, ...facts } = meta ?? {};
    logger[levels[level]]({ ...facts, ...(error !== undefined && { err: error as unknown }) }, message);
  });
}
