import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Does `work` with a file that holds `text`; some programs go by the name's ending. */
export async function withFile(text: string, work: (path: string) => Promise<unknown>, ending = ''): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-compat-'));
  const path = join(folder, `file${ending}`);
  try {
    await writeFile(path, text);
    await work(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
