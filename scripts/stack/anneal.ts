import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startProcess, type ManagedProcess } from './managed-process.ts';

/** How one of Anneal's own processes is started. */
export interface AnnealProcessOptions {
  /** Folder of the log. */
  readonly folder: string;
  /** The process's whole configuration (`api/config.ts`, `worker/config.ts`, `boot/config.ts`). */
  readonly env: Readonly<Record<string, string>>;
  /** Words put before the command, such as `ip netns exec anneal-lab`. */
  readonly prefix?: readonly string[];
  /** Log and pid file carry this name; default the process's. */
  readonly name?: string;
  /** `dist` runs what `npm run build` made, as production does; default the source. */
  readonly code?: Code;
}

/** What a process is run from. */
export type Code = 'source' | 'dist';

/** Starts the api; ready when it answers `/healthz`. */
export async function startApi(options: AnnealProcessOptions & { readonly url: string }): Promise<ManagedProcess> {
  return start('api', options, async () => (await fetch(`${options.url}/healthz`)).ok);
}

/** Starts a worker; ready when it has registered itself in the database under ANNEAL_HOSTNAME. */
export async function startWorker(options: AnnealProcessOptions): Promise<ManagedProcess> {
  const { DATABASE_URL: databaseUrl, ANNEAL_HOSTNAME: hostname } = options.env;
  if (databaseUrl === undefined || hostname === undefined)
    throw new Error('A worker is started with DATABASE_URL and ANNEAL_HOSTNAME in its environment.');
  return start('worker', options, () => isRegistered(databaseUrl, hostname));
}

/** Starts the boot service; ready when `probe` says so. */
export async function startBoot(
  options: AnnealProcessOptions & { readonly probe: () => Promise<boolean> },
): Promise<ManagedProcess> {
  return start('boot', options, options.probe);
}

async function start(
  part: 'api' | 'worker' | 'boot',
  { folder, env, prefix = [], name = part, code = 'source' }: AnnealProcessOptions,
  isReady: () => Promise<boolean>,
): Promise<ManagedProcess> {
  await mkdir(folder, { recursive: true });
  const argv = [...prefix, process.execPath, ...mainOf(part, code)];
  return startProcess({ name, argv, env, folder, isReady, readyTimeoutMs: 120_000, graceMs: 30_000 });
}

/** What node is called with for a part. */
function mainOf(part: string, code: Code): string[] {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // Without the import for the worker's threads: they get what their process gets, and tsx reads no TypeScript in them.
  if (code === 'source') return ['--import', 'tsx', '--conditions=source', join(root, part, 'main.ts')];
  const ofThreads = part === 'worker' ? ['--import', join(root, 'dist/worker/workflow-threads.js')] : [];
  return [...ofThreads, join(root, 'dist', part, 'main.js')];
}

async function isRegistered(databaseUrl: string, hostname: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const query = "select 1 from workers where hostname = $1 and seen_at > now() - interval '5 seconds'";
    return (await client.query(query, [hostname])).rowCount === 1;
  } finally {
    await client.end();
  }
}
