import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, recordOf, stopProcess, type ProcessRecord } from '../../lab/processes.ts';

/** Where a stack keeps the pid files of its processes. */
const PID_FOLDERS = ['postgres', 'temporal', 'logs'];

/**
 * Makes sure that one `npm start` runs in a checkout: two would end each other's services. What an earlier run that
 * was killed has left running is ended, so that its ports are free.
 * @param folder the checkout's state folder
 * @returns gives the place free again
 * @throws Error naming the process that runs already
 */
export async function onlyOne(folder: string): Promise<() => Promise<void>> {
  const pidFile = join(folder, 'start.pid');
  const other = await readRecord(pidFile);
  if (await isAlive(other))
    throw new Error(`npm start runs already in this checkout (process ${other?.pid}): end it with Ctrl-C there.`);
  await writeFile(pidFile, JSON.stringify(await recordOf(process.pid)));
  for (const stack of ['stack', 'fake']) for (const part of PID_FOLDERS) await endSurvivors(join(folder, stack, part));
  return () => rm(pidFile, { force: true });
}

async function endSurvivors(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((file) => file.endsWith('.pid'))) {
    const survivor = await readRecord(join(folder, name));
    // PostgreSQL keeps a pid file of its own beside; only ours names a process with its start time.
    if (survivor !== undefined && (await isAlive(survivor))) await stopProcess(survivor, 10_000);
  }
}

async function readRecord(pidFile: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await readFile(pidFile, 'utf8')) as ProcessRecord;
  } catch {
    // None, or one that a crash cut short.
    return undefined;
  }
}
