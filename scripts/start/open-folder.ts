import { chmod, mkdir } from 'node:fs/promises';

/** Makes a folder that other users can walk through: root's PostgreSQL runs as another user below it. */
export async function openFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
  return path;
}
