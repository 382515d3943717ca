import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cache.ts';

const run = promisify(execFile);

/** What is fetched where Go is too old to fetch one by itself; new enough for everything that set-up and tests build. */
export const GO_VERSION = '1.26.11';
/** Since this version Go fetches the toolchain that a module asks for (https://go.dev/doc/toolchain). */
const FIRST_SELF_UPDATING = 21;
const FETCH_TIMEOUT_MS = 10 * 60_000;

/** A Go that builds today's programs. */
export interface Go {
  readonly program: string;
  /** To be added to the environment: lets Go fetch a newer toolchain, which distributions switch off. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The Go of this machine, or one fetched by it through the Go module proxy where it is older than 1.21, as Debian 12's
 * is. The fetched one also stands as `bin/go` in the cache folder, for scripts.
 * @throws Error that says what to install when there is none, or why the newer one could not be had
 */
export async function ensureGo(say: (line: string) => void): Promise<Go> {
  const minor = await minorVersionOf('go');
  if (minor === undefined)
    throw new Error('Go is not installed (Debian: sudo apt-get install golang-go; an old one will do)');
  if (minor >= FIRST_SELF_UPDATING) return { program: 'go', env: { GOTOOLCHAIN: 'auto' } };
  const program = join(cacheFolder(), 'bin', 'go');
  if ((await minorVersionOf(program)) === undefined) {
    say(`Go 1.${minor} is too old; fetching Go ${GO_VERSION} with it (about 70 MB, once) …`);
    await fetchWith('go', program);
  }
  return { program, env: { GOTOOLCHAIN: 'auto' } };
}

async function minorVersionOf(program: string): Promise<number | undefined> {
  const said = await run(program, ['version']).catch(() => undefined);
  const found = /go version go1\.(\d+)/.exec(said?.stdout ?? '');
  return found === null ? undefined : Number(found[1]);
}

/** Toolchains are modules of the proxy, checked against Go's checksum database as any other. */
async function fetchWith(old: string, target: string): Promise<void> {
  const platform = (await run(old, ['env', 'GOHOSTOS', 'GOHOSTARCH'])).stdout.trim().replace('\n', '-');
  const module = `golang.org/toolchain@v0.0.1-go${GO_VERSION}.${platform}`;
  const env = { ...process.env, GOMODCACHE: join(cacheFolder(), 'go'), GOFLAGS: '-modcacherw' };
  const { stdout } = await run(old, ['mod', 'download', '-json', module], { env, timeout: FETCH_TIMEOUT_MS }).catch(
    (error: unknown) => {
      const said =
        error instanceof Error && 'stdout' in error ? String(error.stdout).trim().slice(-400) : String(error);
      throw new Error(`Go is too old, and go mod download ${module} failed: ${said}`, { cause: error });
    },
  );
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
  // Modules carry no permission to run.
  for (const programs of [join(folder, 'bin'), join(folder, 'pkg/tool', platform.replace('-', '_'))])
    for (const name of await readdir(programs)) await chmod(join(programs, name), 0o755);
  await mkdir(join(cacheFolder(), 'bin'), { recursive: true });
  await rm(target, { force: true });
  await symlink(join(folder, 'bin/go'), target);
  if ((await minorVersionOf(target)) === undefined) throw new Error(`${target}, just fetched, does not run`);
}
