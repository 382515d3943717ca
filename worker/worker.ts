import { Worker, type NativeConnection, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import type { Tools } from '../activities/tools.ts';
import { taskQueueOf } from '../domain/ids.ts';
import { createDataConverter } from '../temporal/payload-codec.ts';
import type { WorkerConfig } from './config.ts';
import { createCallLog } from './call-log.ts';
import { createActivityInterceptors } from './interceptors.ts';

/** What a worker of one site is made of. */
export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly tools: Tools;
  readonly workflowBundle: WorkflowBundleOption;
  readonly config: Pick<
    WorkerConfig,
    'site' | 'temporal' | 'maxCachedWorkflows' | 'maxActivities' | 'shutdownGraceS' | 'hostname'
  >;
  /** Tests give each worker a queue of its own. */
  readonly taskQueue?: string;
}

/** Makes the Temporal worker of a site; it polls once `run()` is called. */
export function createWorker(parts: WorkerParts): Promise<Worker> {
  return Worker.create(workerOptions(parts));
}

/** How a worker of a site is set up. */
export function workerOptions({ connection, tools, workflowBundle, config, taskQueue }: WorkerParts): WorkerOptions {
  const dataConverter = createDataConverter(config.temporal.payloadKey);
  return {
    connection,
    namespace: config.temporal.namespace,
    taskQueue: taskQueue ?? taskQueueOf(config.site),
    identity: config.hostname,
    workflowBundle,
    activities: createActivities(tools),
    interceptors: { activity: [createCallLog(tools.db, tools.log), createActivityInterceptors(tools.log)] },
    ...(dataConverter && { dataConverter }),
    maxCachedWorkflows: config.maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: config.maxActivities,
    maxConcurrentLocalActivityExecutions: 100,
    maxConcurrentWorkflowTaskExecutions: 40,
    // An abort reaches a running activity with its next heartbeat.
    maxHeartbeatThrottleInterval: '4 seconds',
    shutdownGraceTime: `${config.shutdownGraceS} seconds`,
    shutdownForceTime: `${config.shutdownGraceS + 10} seconds`,
  };
}
