import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordOf, stopProcess, type ProcessRecord } from '../../lab/processes.ts';

/** What to run and how to know that it works. */
export interface ProcessSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folder of `<name>.log` and `<name>.pid`. */
  readonly folder: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Resolves to true once the process serves; asked again until then. */
  readonly isReady: () => Promise<boolean>;
  readonly readyTimeoutMs?: number;
  /** What asks the process to end before it is killed. */
  readonly stopSignal?: NodeJS.Signals;
  readonly graceMs?: number;
}

/** A child process that is started again whenever it dies, until it is stopped. */
export interface ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  /** Id of the present incarnation. */
  pid(): number | undefined;
  /** How often it died and was started again. */
  restarts(): number;
  /** Has `tell` called, with what it died of, each time that it serves again. */
  onReturn(tell: (cause: string) => void): void;
  /** Ends it with SIGKILL, as a crash would; it is started again after the pause. */
  kill(): void;
  /** Waits until it serves (again). @throws Error with the end of its log */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

const RESTART_PAUSE_MS = 1000;
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;
/** A process that dies so often in a row without serving is given up. */
const MAX_DEATHS_IN_A_ROW = 10;

/**
 * Starts a process and keeps it alive. A survivor of an earlier, crashed run (by its pid file) is ended first.
 * @throws Error with the end of its log when it doesn't serve in time
 */
export async function startProcess(spec: ProcessSpec): Promise<ManagedProcess> {
  const logFile = join(spec.folder, `${spec.name}.log`);
  const pidFile = join(spec.folder, `${spec.name}.pid`);
  await endSurvivor(pidFile);
  const state = { child: undefined as ChildProcess | undefined, restarts: 0, deaths: 0, stopping: false };
  const listeners: ((cause: string) => void)[] = [];
  let exited: Promise<void> = Promise.resolve();

  async function launch(): Promise<void> {
    const child = await spawnLogged(spec, logFile);
    state.child = child;
    exited = new Promise((resolve) => child.once('exit', () => resolve()));
    child.once('exit', (code, signal) => void revive(signal ?? `exit code ${code}`));
    await notePid(pidFile, child.pid);
  }
  async function revive(cause: string): Promise<void> {
    state.child = undefined;
    state.deaths += 1;
    await sleep(RESTART_PAUSE_MS);
    if (state.stopping || state.deaths > MAX_DEATHS_IN_A_ROW) return;
    state.restarts += 1;
    await launch();
    const { child } = state;
    const serves = await ready().then(
      () => state.child === child,
      () => false,
    );
    if (serves) for (const tell of listeners) tell(cause);
  }
  async function ready(): Promise<void> {
    const deadline = Date.now() + (spec.readyTimeoutMs ?? READY_TIMEOUT_MS);
    while (Date.now() < deadline && state.deaths <= MAX_DEATHS_IN_A_ROW && !state.stopping) {
      if (state.child !== undefined && (await spec.isReady().catch(() => false))) {
        state.deaths = 0;
        return;
      }
      await sleep(POLL_MS);
    }
    throw new Error(`${spec.name} doesn't serve: ${await endOf(logFile)}`);
  }
  const managed: ManagedProcess = {
    name: spec.name,
    logFile,
    pid: () => state.child?.pid,
    restarts: () => state.restarts,
    onReturn: (tell) => void listeners.push(tell),
    kill: () => void state.child?.kill('SIGKILL'),
    ready,
    async stop() {
      state.stopping = true;
      await endChild(state.child, exited, spec);
      await rm(pidFile, { force: true });
    },
  };
  await launch();
  await ready().catch(async (error: unknown) => {
    await managed.stop();
    throw error;
  });
  return managed;
}

async function spawnLogged({ argv, env, user }: ProcessSpec, logFile: string): Promise<ChildProcess> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const [program = '', ...args] = argv;
    // A group of its own: Ctrl-C in the terminal reaches the supervisor only, which ends things in order.
    const options = { detached: true, env: { ...process.env, ...env }, ...user };
    const child = spawn(program, args, { ...options, stdio: ['ignore', log.fd, log.fd] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return child;
  } finally {
    await log.close();
  }
}

async function endChild(child: ChildProcess | undefined, exited: Promise<void>, spec: ProcessSpec): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null) return;
  child.kill(spec.stopSignal ?? 'SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), spec.graceMs ?? 10_000);
  await exited;
  clearTimeout(killer);
}

async function notePid(pidFile: string, pid: number | undefined): Promise<void> {
  const record = pid === undefined ? undefined : await recordOf(pid);
  if (record !== undefined) await writeFile(pidFile, JSON.stringify(record));
}

async function endSurvivor(pidFile: string): Promise<void> {
  const noted = await readFile(pidFile, 'utf8').catch(() => undefined);
  if (noted === undefined) return;
  const record = parseRecord(noted);
  if (record !== undefined) await stopProcess(record, 5000);
  await rm(pidFile, { force: true });
}

/** A pid file that was cut short by a crash names nobody. */
function parseRecord(text: string): ProcessRecord | undefined {
  try {
    return JSON.parse(text) as ProcessRecord;
  } catch {
    return undefined;
  }
}

async function endOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trim() === '' ? `its log ${logFile} is empty` : `the end of ${logFile} says: ${text.trim().slice(-800)}`;
}
