import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startProcess, type ManagedProcess } from '../stack/managed-process.ts';
import { freeLowPorts } from '../stack/ports.ts';

const run = promisify(execFile);
const INSTALLER = fileURLToPath(new URL('install-ironic.sh', import.meta.url));

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
  vendor: 'fake,no-vendor',
};

/** What tests of answers leave out. */
const ABSENT = { console: 'no-console' };

/** Ironic in one process. */
interface SmallIronic extends Pick<Ironic, 'apiUrl' | 'stop'> {
  /** Runs statements on Ironic's database. */
  sql(statements: string): Promise<unknown>;
}

/** How Ironic asks who somebody is. */
export interface IronicIdentity {
  /** Sections of its configuration. */
  readonly settings: string;
  /** Headers of somebody who may see the drivers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Everybody may do everything but what is left to projects: nodes of their own. */
const ANYBODY: IronicIdentity = {
  settings: '[DEFAULT]\nauth_strategy = noauth\n[api]\nproject_admin_can_manage_own_nodes = false\n',
  headers: {},
};

/**
 * Starts Ironic in one process on SQLite, for tests of what it answers.
 * @param conductor the name that its conductor gets
 */
export async function startSmallIronic(
  folder: string,
  conductor: string,
  { settings: auth, headers } = ANYBODY,
): Promise<SmallIronic> {
  const bin = join((await run(INSTALLER, ['sqlite'])).stdout.trim(), 'bin');
  const [apiPort = 0] = await freeLowPorts(1);
  const config = join(folder, 'ironic.conf');
  const database = join(folder, 'ironic.sqlite');
  const connection = `sqlite:///${database}`;
  // Nothing here outlives the process: no need to wait for the disk.
  const more = `${auth}[database]\nsqlite_synchronous = false\n`;
  const settings = { connection, apiPort, rpc: 'rpc_transport = none', conductor, folder };
  await writeFile(config, configuration({ ...settings, interfaces: { ...INTERFACES, ...ABSENT } }) + more);
  await run(join(bin, 'ironic-dbsync'), ['--config-file', config, 'create_schema']);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const service = await startService(join(bin, 'ironic'), { config, folder }, () =>
    offersFakeHardware(apiUrl, headers),
  );
  return {
    apiUrl,
    sql: (statements) => run(join(bin, 'python'), ['-c', SQLITE, database, statements]),
    stop: () => service.stop(),
  };
}

/** Runs statements: arguments are the file and they. */
const SQLITE = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as db: db.executescript(sys.argv[2])
`;

/**
 * Starts Ironic as it is run in production (API and conductor as two services over JSON-RPC) on a MariaDB of its own;
 * everything listens on loopback and lives in `folder`.
 */
export async function startIronic(folder: string): Promise<Ironic> {
  const bin = join((await run(INSTALLER)).stdout.trim(), 'bin');
  const [databasePort = 0, apiPort = 0, rpcPort = 0] = await freeLowPorts(3);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const processes = new Map<string, ManagedProcess>();
  const add = async (started: Promise<ManagedProcess>) => processes.set((await started).name, await started);
  await add(startMariadb(folder, databasePort));
  const config = join(folder, 'ironic.conf');
  const connection = `mysql+pymysql://ironic:ironic@127.0.0.1:${databasePort}/ironic?charset=utf8`;
  const rpc = 'rpc_transport = json-rpc';
  await writeFile(
    config,
    configuration({ connection, apiPort, rpc, conductor: 'localhost', folder, interfaces: INTERFACES }) +
      jsonRpcSection(rpcPort),
  );
  await run(join(bin, 'ironic-dbsync'), ['--config-file', config, 'create_schema']);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const startServices = async () => {
    const conductor = add(startService(join(bin, 'ironic-conductor'), { config, folder }, () => Promise.resolve(true)));
    await Promise.all([
      conductor,
      add(startService(join(bin, 'ironic-api'), { config, folder }, () => offersFakeHardware(apiUrl))),
    ]);
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

function startService(
  program: string,
  { config, folder }: { config: string; folder: string },
  isReady: () => Promise<boolean>,
): Promise<ManagedProcess> {
  const argv = [program, '--config-file', config];
  return startProcess({ name: basename(program), argv, env: {}, folder, isReady, graceMs: 20_000 });
}

async function offersFakeHardware(apiUrl: string, who: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const headers = { 'x-openstack-ironic-api-version': '1.90', ...who };
  const response = await fetch(`${apiUrl}/v1/drivers`, { headers });
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

function configuration(at: {
  connection: string;
  apiPort: number;
  rpc: string;
  conductor: string;
  folder: string;
  interfaces: Readonly<Record<string, string>>;
}): string {
  const enabled = Object.entries(at.interfaces).map(([kind, name]) => `enabled_${kind}_interfaces = ${name}`);
  return `[DEFAULT]
auth_strategy = noauth
enabled_hardware_types = fake-hardware
${enabled.join('\n')}
${at.rpc}
host = ${at.conductor}
state_path = ${at.folder}
tempdir = ${at.folder}
[api]
host_ip = 127.0.0.1
port = ${at.apiPort}
[conductor]
automated_clean = true
clean_step_priority_override = bios.factory_reset:10
[database]
connection = ${at.connection}
[oslo_concurrency]
lock_path = ${at.folder}
`;
}

function jsonRpcSection(port: number): string {
  return `[json_rpc]
auth_strategy = noauth
host_ip = 127.0.0.1
port = ${port}
`;
}
