import { once } from 'node:events';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createPool } from '../../../db/pool.ts';
import { readWorkerConfig } from '../../../worker/config.ts';
import { createTools } from '../../../worker/tools.ts';
import { workerOptions } from '../../../worker/worker.ts';
import { watchChanges } from './changes.ts';
import { wrapWith, type PlannedFault } from './wrap.ts';

/** What a worker process of the battery is told. */
export interface VictimOrders {
  readonly env: Readonly<Record<string, string>>;
  readonly codePath: string;
  readonly taskQueue: string;
  readonly plan: readonly PlannedFault[];
}

/**
 * What it tells of a node: its fault took place, it is where the worker is to be hit, and, after the worker stood
 * still, that the change was made all the same, and that it was settled either way.
 */
export interface VictimNews {
  readonly nodeUuid: string;
  readonly event: 'fired' | 'reached' | 'acted' | 'settled';
}

const tell = (event: VictimNews['event']) => (nodeUuid: string) => void process.send?.({ nodeUuid, event });

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

async function serve({ env, codePath, taskQueue, plan }: VictimOrders): Promise<void> {
  const config = readWorkerConfig(env);
  const wrapping = wrapWith(new Map(plan.map((fault) => [fault.nodeUuid, fault])), {
    fired: tell('fired'),
    reached: tell('reached'),
    abort: () => Promise.reject(new Error('a victim cannot abort')),
    standStill,
  });
  const tools = createTools(config, createPool(config.databaseUrl), pino({ level: config.logLevel }));
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const watched = watchChanges(tools, wrapping.changing);
  const options = workerOptions({ connection, tools: watched, workflowBundle: { codePath }, config, taskQueue });
  const activities = wrapping.activities(options.activities ?? {});
  // Every workflow hangs in some call until the worker is hit: all must fit at once.
  const room = { maxConcurrentLocalActivityExecutions: 400, maxConcurrentWorkflowTaskExecutions: 400 };
  const worker = await Worker.create({ ...options, ...room, activities });
  await worker.run();
}

const woken = once(process, 'message').then(() => once(process, 'message'));

/** Stands at the change until the word comes; meanwhile the whole process is stopped. */
async function standStill(nodeUuid: string, change: () => Promise<unknown>): Promise<unknown> {
  tell('reached')(nodeUuid);
  await woken;
  try {
    const result = await change();
    tell('acted')(nodeUuid);
    return result;
  } finally {
    tell('settled')(nodeUuid);
  }
}

process.once('message', (orders) => void serve(orders as VictimOrders));
process.once('disconnect', () => process.exit(0));
