import { access, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { destroyLab, readLab } from '../../lab/lab.ts';
import { newCommand, type StartOptions } from './options.ts';

/**
 * Throws away what earlier starts of the same kind left, so that this one is a first start: the lab, and then PostgreSQL's
 * and Temporal's data. Ended in the middle, it is done again. No other start may run (`onlyOne`).
 * @param folder the checkout's state folder
 * @returns what was thrown away, in one sentence
 * @throws Error with DATABASE_URL: a database that somebody brought is not ours to empty
 */
export async function beginAnew(
  folder: string,
  options: Pick<StartOptions, 'fake' | 'labName' | 'nodes'>,
  databaseUrl?: string,
): Promise<string> {
  if (databaseUrl !== undefined)
    throw new Error(
      `\`${newCommand(options)}\` does not empty the database that DATABASE_URL names: give it an empty one without --new.`,
    );
  const gone: string[] = [];
  if (options.fake === undefined && (await readLab(options.labName)) !== undefined) {
    await destroyLab(options.labName, { purge: true });
    gone.push(`the lab "${options.labName}" with its machines' disks`);
  }
  const state = join(folder, options.fake === undefined ? 'stack' : 'fake');
  if (await remove(state)) gone.push(`PostgreSQL, Temporal and logs in ${state}`);
  return gone.length === 0 ? 'Begins anew; nothing was there.' : `Begins anew; thrown away: ${gone.join(', ')}.`;
}

/** Renamed first: a half removed database would neither start nor be made anew. @returns whether there was any */
async function remove(state: string): Promise<boolean> {
  const dying = `${state}.old`;
  await rm(dying, { recursive: true, force: true });
  if (!(await exists(state))) return false;
  await rename(state, dying);
  await rm(dying, { recursive: true });
  return true;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
