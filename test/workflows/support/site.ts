import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import type { Tools } from '../../../activities/tools.ts';
import { getNodeByUuid, insertNode } from '../../../db/nodes.ts';
import type { JsonObject, Node } from '../../../domain/node.ts';
import type { ProvisionState } from '../../../domain/provision-states.ts';
import { connectClient } from '../../../temporal/client.ts';
import { buildWorkflowBundle } from '../../../worker/bundle.ts';
import { readWorkerConfig } from '../../../worker/config.ts';
import { createTools } from '../../../worker/tools.ts';
import { createWorker } from '../../../worker/worker.ts';
import type { OperationArgs, WORKFLOW_OF_VERB } from '../../../workflows/messages.ts';
import type { OperationResult } from '../../../workflows/operation.ts';
import { NEW_NODE } from '../../support/new-records.ts';
import { claimOperation, prepareOperation, type Started } from '../../support/operations.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { temporalServer } from '../../support/temporal.ts';

/** What a new node shall be. */
export interface NodeWishes {
  readonly provisionState?: ProvisionState;
  readonly driver?: string;
  readonly driverInfo?: JsonObject;
  readonly automatedClean?: boolean;
  readonly disablePowerOff?: boolean;
  readonly retired?: boolean;
}

/** One worker of Anneal with a database and a task queue of its own. */
export interface Site {
  readonly tools: Tools;
  readonly client: Client;
  /** Where the Temporal server is. */
  readonly address: string;
  readonly taskQueue: string;
  /** Adds a node, of fake hardware unless said. */
  addNode(node?: NodeWishes): Promise<Node>;
  node(uuid: string): Promise<Node>;
  /** Claims the node as the API does. */
  start(verb: keyof typeof WORKFLOW_OF_VERB, nodeUuid: string, args?: OperationArgs): Promise<Started>;
  /** Claims the node and waits for the end of the operation. */
  run(verb: keyof typeof WORKFLOW_OF_VERB, nodeUuid: string, args?: OperationArgs): Promise<OperationResult>;
  /** Runs any other workflow to its end. */
  execute<T>(workflowType: string, input: object): Promise<T>;
  close(): Promise<void>;
}

/** Starts a site; `env` sets the worker's configuration. */
export async function createSite(env: Readonly<Record<string, string>> = {}): Promise<Site> {
  const { address, workflowBundle } = await temporalServer();
  const database = await createTestDatabase();
  const config = readWorkerConfig({
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: address,
    ANNEAL_LOG_LEVEL: 'silent',
    ANNEAL_HOSTNAME: 'test-worker',
    ANNEAL_SHUTDOWN_GRACE_S: '0',
    ...env,
  });
  const taskQueue = `test-${randomUUID()}`;
  const tools = createTools(config, database.pool, pino({ level: config.logLevel }));
  const connection = await NativeConnection.connect({ address });
  const encrypted = config.temporal.payloadKey !== undefined;
  const worker = await createWorker({
    connection,
    tools,
    workflowBundle: encrypted ? await buildWorkflowBundle({ encrypted }) : workflowBundle,
    config,
    taskQueue,
  });
  const running = worker.run();
  const { client, connection: clientConnection } = await connectClient(config.temporal);

  const start = async (verb: keyof typeof WORKFLOW_OF_VERB, nodeUuid: string, args?: OperationArgs) => {
    const { requestId } = await prepareOperation(database.pool, { verb, nodeUuid });
    return await claimOperation(client, { taskQueue, verb, nodeUuid, args, requestId });
  };

  return {
    tools,
    client,
    address,
    taskQueue,
    start,
    addNode: (node = {}) => insertNode(database.pool, aNode(node)),
    async node(uuid) {
      const node = await getNodeByUuid(database.pool, uuid);
      if (node === undefined) throw new Error(`node ${uuid} is gone`);
      return node;
    },
    async run(verb, nodeUuid, args) {
      const { handle } = await start(verb, nodeUuid, args);
      return await handle.result();
    },
    execute: <T>(workflowType: string, input: object) =>
      client.workflow.execute<(input: object) => Promise<T>>(workflowType, {
        workflowId: `test-${randomUUID()}`,
        taskQueue,
        args: [input],
      }),
    async close() {
      worker.shutdown();
      await running;
      await Promise.all([tools.drivers.close(), tools.agent.close()]);
      await Promise.all([clientConnection.close(), connection.close()]);
      await database.close();
    },
  };
}

let count = 0;

function aNode(node: NodeWishes) {
  return {
    ...NEW_NODE,
    uuid: randomUUID(),
    name: `fake-${(count += 1)}`,
    driver: node.driver ?? 'fake-hardware',
    driverInfo: node.driverInfo ?? {},
    interfaces: { ...NEW_NODE.interfaces, network: 'noop' },
    automatedClean: node.automatedClean ?? null,
    disablePowerOff: node.disablePowerOff ?? false,
    retired: node.retired ?? false,
    provisionState: node.provisionState ?? ('enroll' as const),
  };
}
