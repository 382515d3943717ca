import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startProcess, type ManagedProcess } from '../stack/managed-process.ts';
import { freeLowPorts } from '../stack/ports.ts';

const run = promisify(execFile);

/** Real Ironic with fake hardware: what Anneal is measured against. */
export interface Ironic {
  readonly apiUrl: string;
  /** By name: mariadb, ironic-conductor, ironic-api. */
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  /** Starts API and conductor at once, after they were stopped; resolves when both serve. */
  startServices(): Promise<void>;
  /** Runs a statement on Ironic's database and gives what the client prints, a line a row. */
  sql(statement: string): Promise<string>;
  stop(): Promise<void>;
}

/** Interfaces of fake hardware without delays, as Ironic's own development set-up has them. */
const INTERFACES = {
  bios: 'fake',
  boot: 'fake',
  console: 'no-console,fake',
  deploy: 'fake',
  firmware: 'fake',
  inspect: 'fake',
  management: 'fake',
  network: 'noop',
  power: 'fake',
  raid: 'fake',
  rescue: 'no-rescue,fake',
  storage: 'noop',
  vendor: 'fake',
};

/**
 * Starts Ironic as it is run in production (API and conductor as two services over JSON-RPC) on a MariaDB of its own;
 * everything listens on loopback and lives in `folder`.
 */
export async function startIronic(folder: string): Promise<Ironic> {
  const installer = fileURLToPath(new URL('install-ironic.sh', import.meta.url));
  const bin = join((await run(installer)).stdout.trim(), 'bin');
  const [databasePort = 0, apiPort = 0, rpcPort = 0] = await freeLowPorts(3);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const processes = new Map<string, ManagedProcess>();
  const add = async (started: Promise<ManagedProcess>) => processes.set((await started).name, await started);
  await add(startMariadb(folder, databasePort));
  const config = join(folder, 'ironic.conf');
  await writeFile(config, configuration({ databasePort, apiPort, rpcPort, folder }));
  await run(join(bin, 'ironic-dbsync'), ['--config-file', config, 'create_schema']);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const service = (name: string, isReady: () => Promise<boolean>) =>
    startProcess({ name, argv: [join(bin, name), '--config-file', config], env: {}, folder, isReady, graceMs: 20_000 });
  const startServices = async () => {
    const conductor = add(service('ironic-conductor', () => Promise.resolve(true)));
    await Promise.all([conductor, add(service('ironic-api', () => offersFakeHardware(apiUrl)))]);
  };
  await startServices();
  return {
    apiUrl,
    processes,
    startServices,
    sql: async (statement) => (await run('mariadb', [...clientOf(folder), '-N', '-e', statement, 'ironic'])).stdout,
    async stop() {
      for (const started of [...processes.values()].toReversed()) await started.stop();
    },
  };
}

async function offersFakeHardware(apiUrl: string): Promise<boolean> {
  const response = await fetch(`${apiUrl}/v1/drivers`, { headers: { 'x-openstack-ironic-api-version': '1.90' } });
  return response.ok && (await response.text()).includes('fake-hardware');
}

const socketOf = (folder: string): string => join(folder, 'mariadb.sock');
const clientOf = (folder: string): string[] => ['--no-defaults', `--socket=${socketOf(folder)}`, '--user=root'];

async function startMariadb(folder: string, port: number): Promise<ManagedProcess> {
  const data = join(folder, 'mariadb');
  const socket = socketOf(folder);
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  await run('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    ...user,
  ]);
  const bind = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${socket}`];
  const client = clientOf(folder);
  const started = await startProcess({
    name: 'mariadb',
    argv: ['mariadbd', '--no-defaults', `--datadir=${data}`, ...bind, ...user, '--max-connections=400'],
    env: {},
    folder,
    isReady: async () => (await run('mariadb-admin', [...client, 'ping'])).stdout.includes('alive'),
  });
  const sql =
    "create database ironic character set utf8mb3; create user ironic@'127.0.0.1' identified by 'ironic'; grant all on ironic.* to ironic@'127.0.0.1'";
  await run('mariadb', [...client, '-e', sql]);
  return started;
}

function configuration(at: { databasePort: number; apiPort: number; rpcPort: number; folder: string }): string {
  const enabled = Object.entries(INTERFACES).map(([kind, name]) => `enabled_${kind}_interfaces = ${name}`);
  return `[DEFAULT]
auth_strategy = noauth
enabled_hardware_types = fake-hardware
${enabled.join('\n')}
rpc_transport = json-rpc
host = localhost
state_path = ${at.folder}
tempdir = ${at.folder}
[api]
host_ip = 127.0.0.1
port = ${at.apiPort}
[conductor]
automated_clean = true
clean_step_priority_override = bios.factory_reset:10
[database]
connection = mysql+pymysql://ironic:ironic@127.0.0.1:${at.databasePort}/ironic?charset=utf8
[json_rpc]
auth_strategy = noauth
host_ip = 127.0.0.1
port = ${at.rpcPort}
[oslo_concurrency]
lock_path = ${at.folder}
`;
}
