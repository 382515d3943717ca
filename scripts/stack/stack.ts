import { join } from 'node:path';
import { migrate } from '../../db/migrate.ts';
import { startApi, startWorker, type Code } from './anneal.ts';
import type { ManagedProcess } from './managed-process.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { freePorts } from './ports.ts';
import { startTemporal } from './temporal.ts';
import { startTemporalOnPostgres } from './temporal-on-postgres.ts';

/** The ports of 127.0.0.1 that a stack takes. */
export interface StackPorts {
  readonly api: number;
  readonly temporal: number;
  readonly ui?: number;
  /** Graphical consoles. */
  readonly vnc?: number;
}

/** What to run where. */
export interface StackOptions {
  /** Folder of all state and logs; a second start goes on with it. */
  readonly folder: string;
  readonly temporalCli: string;
  readonly ports: StackPorts;
  readonly durable?: boolean;
  /** A PostgreSQL that runs already, instead of one of our own. */
  readonly databaseUrl?: string;
  /** Temporal’s own server on the stack’s PostgreSQL instead of the development server on a file. */
  readonly officialTemporal?: { readonly server: string; readonly sqlTool: string };
  /** Further configuration of both api and worker. */
  readonly env?: Readonly<Record<string, string>>;
  readonly apiEnv?: Readonly<Record<string, string>>;
  readonly workerEnv?: Readonly<Record<string, string>>;
  /** Called when PostgreSQL, Temporal and api are there; may say where and how the worker is to run. */
  readonly beforeWorker?: (stack: StackCore) => Promise<WorkerPlace>;
  /** What api and worker are run from; default the source. */
  readonly code?: Code;
  /** Told what is started now. */
  readonly say?: (line: string) => void;
}

/** Where the worker runs. */
export interface WorkerPlace {
  /** Words put before its command, such as `ip netns exec anneal-lab`. */
  readonly prefix: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The part of a stack that needs no machines. */
export interface StackCore {
  readonly databaseUrl: string;
  readonly apiUrl: string;
  readonly temporalAddress: string;
  readonly uiUrl: string | undefined;
}

/** PostgreSQL, Temporal, api and worker as processes that come back when they are killed. */
export interface Stack extends StackCore {
  /** By name: postgres (when it is our own), temporal, api, worker. */
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  /** Has another process stopped with the stack, before what is there already. */
  add(process: ManagedProcess): void;
  stop(): Promise<void>;
}

/** Host name under which the stack's worker registers itself. */
export const WORKER_HOSTNAME = 'worker-1';

/** Starts everything in order; what was started is stopped again when a later part fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const processes = new Map<string, ManagedProcess>();
  const add = (started: ManagedProcess) => void processes.set(started.name, started);
  const stop = async () => {
    for (const started of [...processes.values()].toReversed()) await started.stop();
  };
  try {
    return { ...(await startParts(options, add)), processes, add, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(options: StackOptions, add: (started: ManagedProcess) => void): Promise<StackCore> {
  const { ports, say = () => {} } = options;
  say('PostgreSQL');
  const postgresPort = options.officialTemporal === undefined ? undefined : (await freePorts(1))[0];
  const databaseUrl = options.databaseUrl ?? (await ownDatabase(options, postgresPort, add));
  await migrate(databaseUrl);
  say('Temporal');
  add(await startTemporalServer(options, postgresPort));
  const uiPort = ports.ui;
  const core: StackCore = {
    databaseUrl,
    apiUrl: `http://127.0.0.1:${ports.api}`,
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    uiUrl: uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`,
  };
  await startAnneal(options, core, add);
  return core;
}

async function startTemporalServer(options: StackOptions, postgresPort: number | undefined): Promise<ManagedProcess> {
  const { ports, temporalCli, officialTemporal } = options;
  const place = { folder: join(options.folder, 'temporal'), port: ports.temporal };
  if (officialTemporal !== undefined && postgresPort !== undefined)
    return startTemporalOnPostgres({ ...officialTemporal, ...place, postgresPort });
  const uiPort = ports.ui;
  const page = uiPort === undefined ? {} : { uiPort, codecEndpoint: `http://127.0.0.1:${ports.api}/anneal/v1/codec` };
  return startTemporal({ cli: temporalCli, ...place, ...page });
}

async function ownDatabase(
  { folder, durable = true }: StackOptions,
  port: number | undefined,
  add: (started: ManagedProcess) => void,
): Promise<string> {
  const where = { folder: join(folder, 'postgres'), durable };
  const server: PostgresServer = await startPostgres(port === undefined ? where : { ...where, port });
  add(server.process);
  await server.ensureDatabase('anneal');
  return server.url('anneal');
}

async function startAnneal(
  { folder, ports, say = () => {}, ...options }: StackOptions,
  core: StackCore,
  add: (started: ManagedProcess) => void,
): Promise<void> {
  const env = { DATABASE_URL: core.databaseUrl, TEMPORAL_ADDRESS: core.temporalAddress, ...options.env };
  const where = { folder: join(folder, 'logs'), ...(options.code && { code: options.code }) };
  say('API');
  const vnc = ports.vnc === undefined ? undefined : String(ports.vnc);
  const consoleUrl = vnc && { ANNEAL_CONSOLE_URL: `http://127.0.0.1:${vnc}/vnc_lite.html` };
  const apiEnv = { ...env, ANNEAL_API_PORT: String(ports.api), ...consoleUrl, ...options.apiEnv };
  add(await startApi({ ...where, url: core.apiUrl, env: apiEnv }));
  const place = await options.beforeWorker?.(core);
  say('worker');
  const workerEnv = {
    ...env,
    ANNEAL_HOSTNAME: WORKER_HOSTNAME,
    ...(vnc && { ANNEAL_VNC_PORT: vnc }),
    ...options.workerEnv,
    ...place?.env,
  };
  add(await startWorker({ ...where, env: workerEnv, prefix: place?.prefix ?? [] }));
}
