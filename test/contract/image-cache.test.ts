import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ensureImage } from '../../drivers/images/ensure-image.ts';

const run = promisify(execFile);

/** The image cache on a real file system that is too small. Needs root to mount one. */
describe('image cache on a full disk', () => {
  let folder: string;
  let cacheDir: string;
  before(async () => {
    assert.equal(process.getuid?.(), 0, 'this test mounts a small file system and must run as root');
    folder = await mkdtemp(join(tmpdir(), 'anneal-full-'));
    cacheDir = join(folder, 'cache');
    await mkdir(cacheDir);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', cacheDir]);
  });
  after(async () => {
    await run('umount', [cacheDir]).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  });

  function wanted(name: string, image: Buffer) {
    const checksum = createHash('sha256').update(image).digest('hex');
    return { source: pathToFileURL(join(folder, name)).href, checksum };
  }

  it('says so, keeps nothing of what did not fit, and takes what does', async () => {
    const [large, small] = [randomBytes(1_000_000), randomBytes(100_000)];
    for (const image of [large, small]) image.writeUInt16BE(0x55aa, 510);
    await writeFile(join(folder, 'large.raw'), large);
    await writeFile(join(folder, 'small.raw'), small);
    const cache = { cacheDir, fileFolders: [folder] };
    await assert.rejects(ensureImage(wanted('large.raw', large), cache), {
      code: 'ImageCacheFull',
      message: /large\.raw: the image cache's disk is full/,
    });
    assert.deepEqual(await readdir(cacheDir), []);
    assert.equal((await ensureImage(wanted('small.raw', small), cache)).sizeBytes, 100_000);
  });
});
