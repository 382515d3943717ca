import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { taskQueueOf } from '../../../domain/ids.ts';
import { connectClient } from '../../../temporal/client.ts';
import { readWorkerConfig } from '../../../worker/config.ts';
import { createTools } from '../../../worker/tools.ts';
import { workerOptions } from '../../../worker/worker.ts';
import { createTestDatabase, type TestDatabase } from '../postgres.ts';
import { temporalServer } from '../temporal.ts';
import { addNetworks } from '../world.ts';
import { watchChanges } from './changes.ts';
import { wrapWith, type Listener, type PlannedFault, type Wrapping } from './wrap.ts';

/** Where the battery's operations run: one worker in this process, with faults by plan. */
export interface Bench {
  readonly client: Client;
  readonly database: TestDatabase;
  readonly taskQueue: string;
  /** What a worker process of its own needs to join. */
  readonly env: Readonly<Record<string, string>>;
  readonly codePath: string;
  readonly plan: Map<string, PlannedFault>;
  /** The names of all activities that a worker has. */
  readonly activities: readonly string[];
  /** Has this process work on another queue too, without any fault. */
  serve(taskQueue: string): Promise<void>;
  close(): Promise<void>;
}

/** Hears nothing and does nothing: for benches without planned faults. */
const DEAF: Listener = { fired: () => {}, reached: () => {}, abort: () => Promise.resolve() };

/** Leaves everything as it is. */
const NO_FAULTS = wrapWith(new Map(), DEAF);

/** How a bench differs from the battery's own. */
export interface BenchOptions {
  readonly listener?: Listener;
  /** The site whose queue it serves; a queue that nobody else knows unless said. */
  readonly site?: string;
  /** Further configuration of the worker. */
  readonly env?: Readonly<Record<string, string>>;
  /** Changes what the activities are before faults are put in. */
  readonly adapt?: (activities: Activities) => Activities;
}

/** The activities of a worker by name. */
export type Activities = Record<string, (input: { nodeUuid: string }) => Promise<unknown>>;

/** Opens one with a database and a task queue of its own. */
export async function openBench({
  listener = DEAF,
  env: more = {},
  site,
  adapt = (same) => same,
}: BenchOptions): Promise<Bench> {
  const { address } = await temporalServer();
  const database = await createTestDatabase();
  await addNetworks(database.pool);
  const folder = await mkdtemp(join(tmpdir(), 'anneal-battery-'));
  const codePath = join(folder, 'workflows.js');
  await writeFile(codePath, await bundleWorkflows());
  const env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: address,
    ANNEAL_LOG_LEVEL: 'silent',
    ANNEAL_HOSTNAME: 'battery',
    ANNEAL_SHUTDOWN_GRACE_S: '0',
    ...more,
  };
  const taskQueue = site === undefined ? `battery-${randomUUID()}` : taskQueueOf(site);
  const plan = new Map<string, PlannedFault>();
  const { activities, changing } = wrapWith(plan, listener);
  const wrapping = { activities: (real: object) => activities(adapt(real as Activities)), changing };
  const { stop, names } = await startWorker({ env, codePath, taskQueue, database }, wrapping);
  const others: (() => Promise<void>)[] = [];
  const serve = async (queue: string) => {
    const other = await startWorker({ env, codePath, taskQueue: queue, database }, NO_FAULTS);
    others.push(other.stop);
  };
  const { client, connection } = await connectClient(readWorkerConfig(env).temporal);
  const close = async () => {
    await Promise.all([stop, ...others].map((end) => end()));
    await connection.close();
    await database.close();
    await rm(folder, { recursive: true });
  };
  return { client, database, taskQueue, env, codePath, plan, activities: names, serve, close };
}

async function startWorker(
  bench: Pick<Bench, 'env' | 'codePath' | 'taskQueue' | 'database'>,
  { activities, changing }: Wrapping,
): Promise<{ names: string[]; stop: () => Promise<void> }> {
  const { codePath, taskQueue, database } = bench;
  const config = readWorkerConfig(bench.env);
  const tools = createTools(config, database.pool, pino({ level: 'silent' }));
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const watched = watchChanges(tools, changing);
  const options = workerOptions({ connection, tools: watched, workflowBundle: { codePath }, config, taskQueue });
  const worker = await Worker.create({
    ...options,
    activities: activities(options.activities ?? {}),
    // So that an abort reaches a call within the test's patience.
    maxHeartbeatThrottleInterval: 200,
    shutdownForceTime: '5 seconds',
  });
  const running = worker.run();
  const stop = async () => {
    worker.shutdown();
    await running;
    await Promise.all([tools.drivers.close(), tools.agent.close()]);
    await connection.close();
  };
  return { names: Object.keys(options.activities ?? {}), stop };
}

async function bundleWorkflows(): Promise<string> {
  const quiet = () => {};
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: ['../../../workflows/planning.ts', './quick-retries.ts'].map((path) =>
      fileURLToPath(new URL(path, import.meta.url)),
    ),
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  return code;
}
