import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { isHeld } from '../../domain/provision-states.ts';
import { readWorkerConfig } from '../../worker/config.ts';
import { startRegistration } from '../../worker/registration.ts';
import { startSerialConsoles } from '../../worker/serial-consoles.ts';
import { createTools } from '../../worker/tools.ts';
import { createWorker } from '../../worker/worker.ts';
import { startTestApi, type ApiAnswer, type TestApi } from './api.ts';
import { temporalServer } from './temporal.ts';
import { until } from './until.ts';

/** The API, a real worker and a real Temporal server. */
export interface Stack extends TestApi {
  /** The conductor group that the worker serves: nodes of the tests belong to it. */
  readonly site: string;
  /** Adds a node of fake hardware to the site. */
  addNode(fields?: Readonly<Record<string, unknown>>): Promise<string>;
  provision(uuid: string, body: Readonly<Record<string, unknown>>): Promise<ApiAnswer>;
  /** Waits until the node is in the state, and fails with its last_error when it isn't in time. */
  awaitState(uuid: string, state: string): Promise<ApiAnswer['body']>;
  /** Ends the worker without telling anyone, as a crash does. */
  stopWorker(): Promise<void>;
}

type Env = Readonly<Record<string, string>>;

/**
 * Starts the stack; the API's tests keep apart by their sites, a random one each.
 * @param env further configuration of the API
 * @param workerEnv further configuration of the worker
 */
export async function startStack(env: Env = {}, workerEnv: Env = {}): Promise<Stack> {
  const { address, workflowBundle } = await temporalServer();
  const api = await startTestApi({ temporalAddress: address, registersWorker: false, env });
  const config = readWorkerConfig({
    DATABASE_URL: api.database.url,
    TEMPORAL_ADDRESS: address,
    ANNEAL_SITE: `t-${randomUUID().slice(0, 8)}`,
    ANNEAL_HOSTNAME: 'test-worker',
    ANNEAL_LOG_LEVEL: 'silent',
    ANNEAL_SHUTDOWN_GRACE_S: '0',
    ...workerEnv,
  });
  const { site } = config;
  const log = pino({ level: 'silent' });
  const tools = createTools(config, api.database.pool, log);
  const connection = await NativeConnection.connect({ address });
  const worker = await createWorker({ connection, tools, workflowBundle, config });
  const running = worker.run();
  const hardwareTypes = tools.drivers.hardwareTypes();
  const unregister = await startRegistration(api.database.pool, { hostname: 'test-worker', site, hardwareTypes }, log);
  const parts = { db: api.database.pool, drivers: tools.drivers, log, hostname: 'test-worker', site };
  const stopConsoles = startSerialConsoles(parts, { ...config.consoles, pollMs: 50 });
  let stopped = false;
  const stopWorker = async () => {
    if (stopped) return;
    stopped = true;
    worker.shutdown();
    await running;
  };
  return {
    ...api,
    site,
    stopWorker,
    async addNode(fields = {}) {
      const body = { driver: 'fake-hardware', conductor_group: site, ...fields };
      const answer = await api.request('POST', '/v1/nodes', { body });
      if (answer.status !== 201) throw new Error(`node not made: ${answer.text}`);
      return answer.body.uuid as string;
    },
    provision: (uuid, body) => api.request('PUT', `/v1/nodes/${uuid}/states/provision`, { body }),
    awaitState: (uuid, state) => awaitState(api, uuid, state),
    async close() {
      await Promise.all([unregister(), stopConsoles()]);
      await stopWorker();
      await Promise.all([tools.drivers.close(), tools.agent.close(), connection.close()]);
      await api.close();
    },
  };
}

async function awaitState(api: TestApi, uuid: string, state: string): Promise<ApiAnswer['body']> {
  let node: ApiAnswer['body'];
  const otherwise = () => `"${state}"; the node is "${node.provision_state}", its last_error: ${node.last_error}`;
  await until(otherwise, async () => {
    node = (await api.request('GET', `/v1/nodes/${uuid}`)).body;
    return node.provision_state === state && (node.reservation === null || isHeld(node.provision_state));
  });
  return node;
}
