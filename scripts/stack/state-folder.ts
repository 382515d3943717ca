import { createHash } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder. */
export const PROJECT_FOLDER = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * Where a checkout keeps its state: `.anneal/` inside it; for root in a place that other users can't enter
 * (such as /root) a folder of its own under /var/lib/anneal, because root's PostgreSQL runs as another user.
 * The folder is made, and can be walked by that user; what is secret inside is closed by itself.
 */
export async function stateFolder(): Promise<string> {
  const folder = await chooseFolder();
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  return folder;
}

async function chooseFolder(): Promise<string> {
  if (userInfo().uid !== 0 || (await isOpenToAll(PROJECT_FOLDER))) return join(PROJECT_FOLDER, '.anneal');
  const key = createHash('sha256').update(PROJECT_FOLDER).digest('hex').slice(0, 8);
  return join('/var/lib/anneal', `${basename(PROJECT_FOLDER)}-${key}`);
}

/** Whether any user can walk to `path`. */
export async function isOpenToAll(path: string): Promise<boolean> {
  for (let place = path; ; place = dirname(place)) {
    const { mode } = await stat(place);
    if ((mode & 0b001) === 0) return false;
    if (place === dirname(place)) return true;
  }
}
