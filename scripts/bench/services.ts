import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createPool } from '../../db/pool.ts';
import { cacheFolder } from '../setup/cache.ts';
import { ensureTemporalCli } from '../setup/temporal-cli.ts';
import { startApi, startWorker } from '../stack/anneal.ts';
import type { ManagedProcess } from '../stack/managed-process.ts';
import { freeLowPorts } from '../stack/ports.ts';
import { startStack, WORKER_HOSTNAME, type Stack } from '../stack/stack.ts';
import { startIronic } from './ironic.ts';

/** Temporal's official server on PostgreSQL, or the CLI's development server on a file. */
export type TemporalServer = 'postgres' | 'dev';

/** What is measured: a service that speaks Ironic's API. */
export interface Service {
  readonly apiUrl: string;
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  /** Those of the processes that are the service itself, not its database or Temporal. */
  readonly own: readonly string[];
  /** Starts them at once after they were stopped. */
  startOwn(): Promise<void>;
  /** Copies the nodes whose names begin with `prefix` in the database, `times` times. */
  copyNodes(prefix: string, times: number): Promise<void>;
  stop(): Promise<void>;
}

/** Sees that Temporal's server is there and runs `npm run build`, since what production runs is measured: first of all. */
export async function prepareAnneal(temporal: TemporalServer): Promise<void> {
  if (temporal === 'postgres') await findTemporalServer();
  await promisify(execFile)('npm', ['run', '--silent', 'build'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
}

/** Does `work` with a folder that is removed afterwards. */
export async function inBenchFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-bench-'));
  // Root's PostgreSQL runs as the user postgres, who must be able to walk in.
  await chmod(folder, 0o755);
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Real Ironic 39 on MariaDB, API and conductor as two services. */
export async function startIronicService(folder: string): Promise<Service> {
  const ironic = await startIronic(join(folder, 'ironic'));
  const columns = (await ironic.sql(columnsOf('database()'))).trim().replaceAll('\n', ', ');
  return {
    ...ironic,
    own: ['ironic-api', 'ironic-conductor'],
    startOwn: () => ironic.startServices(),
    async copyNodes(prefix, times) {
      await ironic.sql(
        `insert into nodes (uuid, name, ${columns}) select uuid(), concat(name, '-', seq), ${columns}
           from nodes join seq_1_to_${times} where name like '${prefix}%'`,
      );
    },
  };
}

/** Columns of `nodes` that a copy has in common with its original. */
const columnsOf = (schema: string): string =>
  `select column_name from information_schema.columns where table_schema = ${schema}
      and table_name = 'nodes' and column_name not in ('id', 'uuid', 'name')`;

/** Temporal's official server. @throws Error that says how to build it */
async function findTemporalServer(): Promise<{ server: string; sqlTool: string }> {
  const bin = join(cacheFolder(), 'bin');
  const found = { server: join(bin, 'temporal-server'), sqlTool: join(bin, 'temporal-sql-tool') };
  for (const program of Object.values(found)) {
    await access(program, constants.X_OK).catch((cause: unknown) => {
      const advice = 'build it by scripts/bench/install-temporal-server.sh (some minutes)';
      throw new Error(`Temporal's official server is not there (${program}): ${advice}.`, { cause });
    });
  }
  return found;
}

/** Anneal as it is built, on a PostgreSQL that syncs each commit and on Temporal's official or development server. */
export async function startAnnealService(folder: string, temporal: TemporalServer): Promise<Service> {
  const [api = 0, temporalPort = 0] = await freeLowPorts(2);
  const env = { ANNEAL_LOG_LEVEL: 'warn' };
  const stack = await startStack({
    folder,
    temporalCli: await ensureTemporalCli(() => {}),
    ports: { api, temporal: temporalPort },
    env,
    code: 'dist',
    ...(temporal === 'postgres' && { officialTemporal: await findTemporalServer() }),
  });
  const where = { folder: join(folder, 'logs'), code: 'dist' } as const;
  const common = { DATABASE_URL: stack.databaseUrl, TEMPORAL_ADDRESS: stack.temporalAddress, ...env };
  return {
    ...stack,
    own: ['api', 'worker'],
    async startOwn() {
      const apiStart = startApi({ ...where, url: stack.apiUrl, env: { ...common, ANNEAL_API_PORT: String(api) } });
      const worker = startWorker({ ...where, env: { ...common, ANNEAL_HOSTNAME: WORKER_HOSTNAME } });
      for (const started of await Promise.all([apiStart, worker])) stack.add(started);
    },
    copyNodes: (prefix, times) => copyNodes(stack, prefix, times),
  };
}

async function copyNodes({ databaseUrl }: Stack, prefix: string, times: number): Promise<void> {
  const pool = createPool(databaseUrl);
  try {
    const { rows } = await pool.query<{ column_name: string }>(columnsOf("'public'"));
    const columns = rows.map((row) => row.column_name).join(', ');
    await pool.query(
      `insert into nodes (uuid, name, ${columns}) select gen_random_uuid(), name || '-' || seq, ${columns}
         from nodes, generate_series(1, ${times}) seq where name like '${prefix}%'`,
    );
  } finally {
    await pool.end();
  }
}
