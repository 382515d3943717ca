import { spawn } from 'node:child_process';
import { open, readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';

/** A process that can be told from another one that later got the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Start time in clock ticks since boot (proc(5), /proc/pid/stat field 22). */
  readonly startTicks: number;
}

/** Start time of a living process in clock ticks, undefined when it is gone or a zombie. */
export const startTicksOf = async (pid: number): Promise<number | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name stands in parentheses and may hold spaces; the fields after it are counted from 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[19] === undefined ? undefined : Number(fields[19]);
};

/** The record of a process that runs now. */
export const recordOf = async (pid: number): Promise<ProcessRecord | undefined> => {
  const startTicks = await startTicksOf(pid);
  return startTicks === undefined ? undefined : { pid, startTicks };
};

/** True while that very process runs. */
export const isAlive = async (record: ProcessRecord | undefined): Promise<boolean> =>
  record !== undefined && (await startTicksOf(record.pid)) === record.startTicks;

/** Arguments of a process, empty when it is gone. */
export const commandLineOf = async (pid: number): Promise<string[]> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').filter((word) => word !== '');

const STARTING_MS = 150;

/**
 * Starts a process that outlives this one, in a process group of its own, its output appended to a file.
 * @throws LabError with the end of the log when it ends at once.
 */
export const spawnDaemon = async (
  argv: readonly string[],
  logFile: string,
  env: NodeJS.ProcessEnv = {},
): Promise<ProcessRecord> => {
  const log = await open(logFile, 'a', 0o600);
  try {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, ...env },
    });
    const failure = new Promise<never>((_, reject) => child.once('error', reject));
    const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
    const early = await Promise.race([failure, ended, sleep(STARTING_MS)]);
    const record = child.pid === undefined ? undefined : await recordOf(child.pid);
    if (early !== undefined || record === undefined) {
      const said = (await readFile(logFile, 'utf8')).slice(-600);
      throw new LabError(`${argv.join(' ')} ended at once: ${said.trim()}`);
    }
    child.unref();
    return record;
  } finally {
    await log.close();
  }
};

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
};

/** Ends that very process and its group: SIGTERM, then SIGKILL. Does nothing when it is gone. */
export const stopProcess = async (record: ProcessRecord, graceMs = 3_000): Promise<void> => {
  if (!(await isAlive(record))) return;
  signalGroup(record.pid, 'SIGTERM');
  for (const deadline = Date.now() + graceMs; Date.now() < deadline;) {
    if (!(await isAlive(record))) return;
    await sleep(30);
  }
  if (await isAlive(record)) signalGroup(record.pid, 'SIGKILL');
  for (let tries = 0; tries < 100 && (await isAlive(record)); tries += 1) await sleep(30);
};

/** Living processes whose arguments satisfy the test; the lab's own strays are found so after a crash. */
export const findProcesses = async (matches: (argv: readonly string[]) => boolean): Promise<ProcessRecord[]> => {
  const found: ProcessRecord[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !matches(await commandLineOf(pid))) continue;
    const record = await recordOf(pid);
    if (record !== undefined) found.push(record);
  }
  return found;
};
