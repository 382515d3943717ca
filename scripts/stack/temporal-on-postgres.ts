import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { startProcess, type ManagedProcess } from './managed-process.ts';
import { freeLowPorts } from './ports.ts';
import { answers } from './temporal.ts';

const run = promisify(execFile);

/** Temporal's own server, keeping its workflows in PostgreSQL: what production runs. */
export interface TemporalOnPostgresOptions {
  /** The official server (`go install go.temporal.io/server/cmd/server`). */
  readonly server: string;
  /** Its schema tool (`go install go.temporal.io/server/cmd/tools/sql`). */
  readonly sqlTool: string;
  readonly folder: string;
  /** Port of the frontend on 127.0.0.1. */
  readonly port: number;
  /** PostgreSQL on 127.0.0.1. */
  readonly postgresPort: number;
}

const DATABASES = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;
const SERVICE_PORTS = [
  'FRONTEND_HTTP_PORT',
  'FRONTEND_MEMBERSHIP_PORT',
  'MATCHING_GRPC_PORT',
  'MATCHING_MEMBERSHIP_PORT',
  'HISTORY_GRPC_PORT',
  'HISTORY_MEMBERSHIP_PORT',
  'WORKER_GRPC_PORT',
  'WORKER_MEMBERSHIP_PORT',
] as const;

/** Makes both schemas and the namespace `default`, and starts the server; ready when the namespace answers. */
export async function startTemporalOnPostgres(options: TemporalOnPostgresOptions): Promise<ManagedProcess> {
  const { folder, port, postgresPort, server, sqlTool } = options;
  await mkdir(folder, { recursive: true });
  for (const [database, schema] of Object.entries(DATABASES))
    await ensureSchema(sqlTool, postgresPort, database, schema);
  const dynamicConfig = join(folder, 'dynamic-config.yaml');
  await writeFile(dynamicConfig, 'system.enableActivityEagerExecution:\n  - value: true\n');
  const ports = await freeLowPorts(SERVICE_PORTS.length);
  const env = {
    DB: 'postgres12_pgx',
    DB_PORT: String(postgresPort),
    POSTGRES_SEEDS: '127.0.0.1',
    POSTGRES_USER: 'postgres',
    POSTGRES_PWD: 'postgres',
    BIND_ON_IP: '127.0.0.1',
    LOG_LEVEL: 'warn',
    DYNAMIC_CONFIG_FILE_PATH: dynamicConfig,
    // As in temporal-compose.yml.
    GOGC: '400',
    FRONTEND_GRPC_PORT: String(port),
    ...Object.fromEntries(SERVICE_PORTS.map((name, index) => [name, String(ports[index])])),
  };
  const address = `127.0.0.1:${port}`;
  const argv = [server, '--allow-no-auth', 'start'];
  return startProcess({ name: 'temporal', argv, env, folder, isReady: () => serves(address) });
}

async function serves(address: string): Promise<boolean> {
  return (await answers(address).catch(() => false)) || ensureNamespace(address);
}

async function ensureNamespace(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2000 });
  try {
    const retention = { seconds: 86_400 * 3 };
    await connection.workflowService.registerNamespace({
      namespace: 'default',
      workflowExecutionRetentionPeriod: retention as never,
    });
    return false;
  } finally {
    await connection.close();
  }
}

/** A database that has a schema version is only brought up to date. */
async function ensureSchema(sqlTool: string, port: number, database: string, schema: string): Promise<void> {
  const tool = (...args: string[]) =>
    run(sqlTool, [
      ...`--plugin postgres12 --ep 127.0.0.1 --user postgres --password postgres --port ${port} --db ${database}`.split(
        ' ',
      ),
      ...args,
    ]);
  const update = () => tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  await tool('create');
  await update().catch(async () => {
    await tool('setup-schema', '-v', '0.0');
    await update();
  });
}
