import { execFile } from 'node:child_process';
import { access, constants, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cache.ts';
import { ensureGo } from './go-toolchain.ts';

const run = promisify(execFile);

/** The newest release of the Temporal CLI that `go install` can build; it carries server 1.29.1 and the UI. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

const DOWNLOAD_HOST = 'https://temporal.download';
const PROBE_TIMEOUT_MS = 4000;
const GO_INSTALL_TIMEOUT_MS = 25 * 60_000;

/**
 * The Temporal CLI that is on this machine already: `ANNEAL_TEMPORAL_CLI`, then the PATH, then the cache folder.
 * Undefined when there is none; nothing is downloaded or built.
 */
export async function findTemporalCli(): Promise<string | undefined> {
  for (const candidate of candidates()) if (await isUsable(candidate)) return candidate;
  return undefined;
}

/**
 * Finds the Temporal CLI or gets it: by the SDK's download, or else built from source by `go install`.
 * @param say told what happens and how long it may take
 * @throws Error naming what was tried, when neither the download nor Go is to be had
 */
export async function ensureTemporalCli(say: (line: string) => void): Promise<string> {
  const found = await findTemporalCli();
  if (found !== undefined) return found;
  const target = join(cacheFolder(), 'bin', 'temporal');
  await mkdir(join(cacheFolder(), 'bin'), { recursive: true });
  const tried: string[] = [];
  for (const [way, get] of WAYS) {
    const failure = await get(target, say).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (failure === undefined && (await isUsable(target))) return target;
    tried.push(`${way}: ${failure ?? `${target} does not run`}`);
  }
  throw new Error(
    `The Temporal CLI is not on this machine and could not be had (${tried.join('; ')}). ` +
      'Install it (https://docs.temporal.io/cli) so that `temporal --version` works, or set ANNEAL_TEMPORAL_CLI to its path.',
  );
}

const WAYS: readonly (readonly [string, (target: string, say: (line: string) => void) => Promise<void>])[] = [
  ['download by the Temporal SDK', downloadBySdk],
  ['go install', buildWithGo],
];

function candidates(): string[] {
  const chosen = process.env['ANNEAL_TEMPORAL_CLI'];
  if (chosen !== undefined) return [chosen];
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...onPath.map((folder) => join(folder, 'temporal')), join(cacheFolder(), 'bin', 'temporal')];
}

/** Runs, and carries a server with update-with-start and typed search attributes (1.28 or newer). */
async function isUsable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    // A CLI of `go install` calls itself 0.0.0-DEV, so the server inside is what counts.
    const { stdout } = await run(path, ['--version'], { timeout: 20_000 });
    const server = /Server (\d+)\.(\d+)/i.exec(stdout);
    return server !== null && (Number(server[1]) > 1 || Number(server[2]) >= 28);
  } catch {
    return false;
  }
}

async function downloadBySdk(target: string, say: (line: string) => void): Promise<void> {
  // The SDK retries for minutes where there is no Internet, so its host is asked first.
  await fetch(DOWNLOAD_HOST, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).catch(() => {
    throw new Error(`${DOWNLOAD_HOST} does not answer`);
  });
  say('Downloading the Temporal CLI (about 100 MB) …');
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const folder = await mkdtemp(join(tmpdir(), 'anneal-temporal-'));
  try {
    const executable = { type: 'cached-download', downloadDir: folder } as const;
    await (await TestWorkflowEnvironment.createLocal({ server: { executable } })).teardown();
    const name = (await readdir(folder)).find((file) => file.startsWith('temporal'));
    if (name === undefined) throw new Error('the SDK left no file behind');
    await putInPlace(join(folder, name), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildWithGo(target: string, say: (line: string) => void): Promise<void> {
  const go = await ensureGo(say);
  say(`Building the Temporal CLI ${TEMPORAL_CLI_VERSION} with Go, once (3–8 minutes) …`);
  const folder = await mkdtemp(join(tmpdir(), 'anneal-temporal-'));
  try {
    await run(go.program, ['install', `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`], {
      env: { ...process.env, ...go.env, GOBIN: folder, CGO_ENABLED: '0' },
      timeout: GO_INSTALL_TIMEOUT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    await putInPlace(join(folder, 'temporal'), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Copies beside the target and renames, so that nobody ever sees half a file. */
async function putInPlace(source: string, target: string): Promise<void> {
  const half = `${target}.${process.pid}`;
  await copyFile(source, half);
  await rename(half, target);
}
