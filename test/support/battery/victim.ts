import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createPool } from '../../../db/pool.ts';
import { readWorkerConfig } from '../../../worker/config.ts';
import { createTools } from '../../../worker/tools.ts';
import { workerOptions } from '../../../worker/worker.ts';
import { wrapActivities, type PlannedFault } from './wrap.ts';

/** What a worker process of the battery is told. */
export interface VictimOrders {
  readonly env: Readonly<Record<string, string>>;
  readonly codePath: string;
  readonly taskQueue: string;
  readonly plan: readonly PlannedFault[];
}

/** What it tells of a node: its fault took place, or it is where the kill is to hit it. */
export interface VictimNews {
  readonly nodeUuid: string;
  readonly event: 'fired' | 'reached';
}

const tell = (event: VictimNews['event']) => (nodeUuid: string) => void process.send?.({ nodeUuid, event });

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

async function serve({ env, codePath, taskQueue, plan }: VictimOrders): Promise<void> {
  const config = readWorkerConfig(env);
  const tools = createTools(config, createPool(config.databaseUrl), pino({ level: config.logLevel }));
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const options = workerOptions({ connection, tools, workflowBundle: { codePath }, config, taskQueue });
  const activities = wrapActivities(options.activities ?? {}, new Map(plan.map((fault) => [fault.nodeUuid, fault])), {
    fired: tell('fired'),
    reached: tell('reached'),
    abort: () => Promise.reject(new Error('a victim cannot abort')),
  });
  // Every workflow hangs in some call until the kill: all must fit at once.
  const room = { maxConcurrentLocalActivityExecutions: 400, maxConcurrentWorkflowTaskExecutions: 400 };
  const worker = await Worker.create({ ...options, ...room, activities });
  await worker.run();
}

process.once('message', (orders) => void serve(orders as VictimOrders));
process.once('disconnect', () => process.exit(0));
