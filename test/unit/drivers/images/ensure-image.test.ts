import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureImage, type ImageProgress } from '../../../../drivers/images/ensure-image.ts';
import { cachedFactsPath } from '../../../../drivers/images/cache-layout.ts';

const sha = (algo: string, bytes: Buffer) => createHash(algo).update(bytes).digest('hex');

function diskImage(bytes = 300_000): Buffer {
  const image = randomBytes(bytes);
  image.writeUInt16BE(0x55aa, 510);
  return image;
}

describe('ensureImage', () => {
  let folder: string;
  let cacheDir: string;
  let server: Server;
  let origin: string;
  let image: Buffer;
  /** Requests for the image: their Range header. */
  let ranges: (string | undefined)[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-images-'));
    cacheDir = join(folder, 'cache');
    image = diskImage();
    ranges = [];
    answer = serveImage;
    server = createServer((request, response) => {
      ranges.push(request.headers.range);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  /** Whole or from an offset, as any file server. */
  function serveImage(request: IncomingMessage, response: ServerResponse): void {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const part = image.subarray(from);
    if (from >= image.length) response.writeHead(416).end();
    else response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length }).end(part);
  }

  /** The first request breaks off after some bytes; later ones are answered well. */
  function breakOffOnce(after: number): void {
    answer = (_request, response) => {
      answer = serveImage;
      response.writeHead(200, { 'content-length': image.length });
      response.write(image.subarray(0, after), () => setTimeout(() => response.destroy(), 50));
    };
  }

  const wanted = () => ({ source: `${origin}/debian.raw`, checksum: sha('sha256', image) });

  async function fails(call: Promise<unknown>, code: string, message: RegExp): Promise<void> {
    await assert.rejects(call, { code, message });
  }

  it('downloads once, checks, and gives the file with its facts', async () => {
    const seen: ImageProgress[] = [];
    const got = await ensureImage({ ...wanted(), format: 'raw' }, { cacheDir, onProgress: (now) => seen.push(now) });
    const sha256 = sha('sha256', image);
    assert.deepEqual(got, {
      path: join(cacheDir, `${sha256}.img`),
      format: 'raw',
      sizeBytes: image.length,
      virtualSizeBytes: image.length,
      sha256,
    });
    assert.ok(image.equals(await readFile(got.path)));
    assert.deepEqual(seen.at(-1), { bytes: image.length, totalBytes: image.length });
    assert.deepEqual(await ensureImage(wanted(), { cacheDir }), got);
    assert.deepEqual(ranges, [undefined]);
  });

  it('finds an image by its SHA-512 too, and follows redirects', async () => {
    answer = (request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/debian.raw' }).end();
      else serveImage(request, response);
    };
    const byLongSum = { source: `${origin}/moved`, checksum: sha('sha512', image), algo: 'sha512' };
    const got = await ensureImage(byLongSum, { cacheDir });
    assert.equal(got.sha256, sha('sha256', image));
    await ensureImage(byLongSum, { cacheDir });
    await ensureImage(wanted(), { cacheDir });
    assert.equal(ranges.length, 2);
  });

  it('downloads once when many ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => ensureImage(wanted(), { cacheDir })));
    assert.equal(new Set(all.map(({ path }) => path)).size, 1);
    assert.equal(ranges.length, 1);
  });

  it('goes on where a download broke off', async () => {
    breakOffOnce(100_000);
    await fails(ensureImage(wanted(), { cacheDir }), 'ImageUnreachable', /debian\.raw: it can't be read/);
    await ensureImage(wanted(), { cacheDir });
    const begun = Number(/^bytes=(\d+)-$/.exec(ranges[1] ?? '')?.[1]);
    assert.ok(begun > 0 && begun <= 100_000, ranges[1]);
    assert.equal(ranges.length, 2);
  });

  it('begins anew when what it kept doesn’t add up, and when it is longer than the image', async () => {
    for (const kept of [randomBytes(1000), randomBytes(400_000)]) {
      await rm(cacheDir, { recursive: true, force: true });
      await mkdir(cacheDir);
      await writeFile(join(cacheDir, `sha256-${sha('sha256', image)}.part`), kept);
      const { path } = await ensureImage(wanted(), { cacheDir });
      assert.ok(image.equals(await readFile(path)));
    }
  });

  it('stops on the signal and keeps what it has', async () => {
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-length': image.length }).write(image.subarray(0, 50_000));
    const stop = new AbortController();
    const call = ensureImage(wanted(), { cacheDir, signal: stop.signal, onProgress: () => stop.abort() });
    await assert.rejects(call, { name: 'AbortError' });
    const left = (await readdir(cacheDir)).map((name) => name.split('.').at(-1));
    assert.deepEqual(left, ['part']);
  });

  it('refuses other bytes than the checksum’s, after no second try from the start', async () => {
    const call = ensureImage({ ...wanted(), checksum: 'f'.repeat(64) }, { cacheDir });
    await fails(
      call,
      'ImageChecksumMismatch',
      /sha256 is [0-9a-f]{64}, but f{64} was given; nothing was written to a disk/,
    );
    assert.equal(ranges.length, 1);
    assert.deepEqual(await readdir(cacheDir), []);
  });

  it('refuses no checksum, MD5, and what is none', async () => {
    const code = 'ImageChecksumMissing';
    const { source } = wanted();
    await fails(
      ensureImage({ source, checksum: undefined }, { cacheDir }),
      code,
      /no checksum was given; set image_os_hash_algo/,
    );
    await fails(ensureImage({ source, checksum: 'a'.repeat(32) }, { cacheDir }), code, /MD5 proves nothing/);
    await fails(
      ensureImage({ source, checksum: 'a'.repeat(64), algo: 'md5' }, { cacheDir }),
      code,
      /MD5 proves nothing/,
    );
    await fails(
      ensureImage({ source, checksum: 'a'.repeat(64), algo: 'sha512' }, { cacheDir }),
      code,
      /expected a SHA-256 or SHA-512/,
    );
    await fails(ensureImage({ source, checksum: 'z'.repeat(64) }, { cacheDir }), code, /got no algorithm "z/);
    assert.equal(ranges.length, 0);
  });

  it('reads checksum files in their usual forms', async () => {
    const sum = sha('sha256', image);
    const forms = [
      sum,
      `${'0'.repeat(64)}  other.raw\n${sum}  debian.raw\n`,
      `# made by us\n${sum} *debian.raw\n`,
      `SHA256 (other.raw) = ${'0'.repeat(64)}\nSHA256 (debian.raw) = ${sum}\n`,
    ];
    for (const form of forms) {
      answer = (request, response) =>
        request.url === '/SHA256SUMS' ? response.end(form) : serveImage(request, response);
      await rm(cacheDir, { recursive: true, force: true });
      const got = await ensureImage({ ...wanted(), checksum: `${origin}/SHA256SUMS` }, { cacheDir });
      assert.equal(got.sha256, sum, form);
    }
    answer = (_request, response) => void response.end(`${sum}  other.raw\n`);
    const none = ensureImage({ ...wanted(), checksum: `${origin}/SHA256SUMS` }, { cacheDir });
    await fails(none, 'ImageChecksumMissing', /SHA256SUMS: no SHA-256 or SHA-512 of debian\.raw in it/);
  });

  it('tells a missing image from a server in trouble, without the source’s secrets', async () => {
    const source = `${origin.replace('http://', 'http://user:geheim@')}/debian.raw?token=geheim`;
    const codes: [number, string, RegExp][] = [
      [404, 'ImageNotFound', /; put the file there, or correct the URL\.$/],
      [403, 'ImageNotFound', /; let the worker read it/],
      [500, 'ImageUnreachable', /; look into the server’s log\.$/],
      [429, 'ImageUnreachable', /; look into/],
    ];
    for (const [status, code, advice] of codes) {
      answer = (_request, response) => void response.writeHead(status).end();
      await assert.rejects(ensureImage({ ...wanted(), source }, { cacheDir }), (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        const told = `instance_info/image_source ${origin}/debian.raw: the server answers HTTP ${status}; `;
        assert.ok(error.message.startsWith(told), error.message);
        assert.match(error.message, advice);
        return true;
      });
    }
    const dead = ensureImage({ ...wanted(), source: 'http://127.0.0.1:1/debian.raw' }, { cacheDir });
    await fails(
      dead,
      'ImageUnreachable',
      /127\.0\.0\.1:1\/debian\.raw: it can't be read \(ECONNREFUSED\); see that .* reaches 127\.0\.0\.1:1\.$/,
    );
    await fails(
      ensureImage({ ...wanted(), source: 'ftp://x/y' }, { cacheDir }),
      'InvalidParameterValue',
      /^instance_info\/image_source: expected an http, https or file URL, got ftp:\/\/…$/,
    );
  });

  it('sends the credentials of the source', async () => {
    let authorization: string | undefined;
    answer = (request, response) => {
      ({ authorization } = request.headers);
      serveImage(request, response);
    };
    const source = `${origin.replace('http://', 'http://user:p%40ss@')}/debian.raw`;
    await ensureImage({ ...wanted(), source }, { cacheDir });
    assert.equal(authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  it('reads files from allowed folders only, also through links', async () => {
    const allowed = join(folder, 'allowed');
    await mkdir(allowed);
    await writeFile(join(allowed, 'disk.raw'), image);
    await writeFile(join(folder, 'outside.raw'), image);
    await symlink(join(folder, 'outside.raw'), join(allowed, 'link.raw'));
    const get = (path: string, fileFolders?: string[]) =>
      ensureImage({ ...wanted(), source: pathToFileURL(path).href }, { cacheDir, fileFolders });
    for (const path of ['disk.raw', 'link.raw'].map((name) => join(allowed, name))) {
      await fails(
        get(path),
        'ImageNotFound',
        /no such file that the worker may read; name its folder in ANNEAL_IMAGE_FOLDERS/,
      );
    }
    await fails(get(join(allowed, 'link.raw'), [allowed]), 'ImageNotFound', /no such file in/);
    await fails(get(join(allowed, 'gone.raw'), [allowed]), 'ImageNotFound', /gone\.raw: no such file in/);
    await fails(get(allowed, [folder]), 'ImageNotFound', /no such file/);
    assert.equal((await get(join(allowed, 'disk.raw'), [allowed])).sizeBytes, image.length);
  });

  it('holds to the rules of sources with an image that it has already; where it came from may be gone', async () => {
    const [allowed, outside] = ['allowed', 'allowed-not'].map((name) => join(folder, name)) as [string, string];
    for (const place of [allowed, outside]) {
      await mkdir(place);
      await writeFile(join(place, 'disk.raw'), image);
    }
    await symlink(join(outside, 'disk.raw'), join(allowed, 'link.raw'));
    const got = await ensureImage(wanted(), { cacheDir });
    const get = (source: string) => ensureImage({ ...wanted(), source }, { cacheDir, fileFolders: [`${allowed}/`] });
    const file = (place: string, name: string) => pathToFileURL(join(place, name)).href;
    await fails(get(file(outside, 'disk.raw')), 'ImageNotFound', /no such file in/);
    await fails(get(file(outside, 'gone.raw')), 'ImageNotFound', /no such file in/);
    await fails(get(file(allowed, 'link.raw')), 'ImageNotFound', /no such file in/);
    await fails(get(file(join(allowed, '..'), 'gone.raw')), 'ImageNotFound', /no such file in/);
    await fails(get('file://other.host/disk.raw'), 'ImageNotFound', /no such file in/);
    await fails(get('ftp://x/disk.raw'), 'InvalidParameterValue', /got ftp:/);
    const goingOn = [file(allowed, 'disk.raw'), file(allowed, 'gone.raw'), 'http://127.0.0.1:1/disk.raw'];
    for (const source of goingOn) assert.deepEqual(await get(source), got);
  });

  it('refuses an image in another format than declared, from the cache too, and keeps no refused file', async () => {
    await fails(
      ensureImage({ ...wanted(), format: 'qcow2' }, { cacheDir }),
      'ImageFormatRefused',
      /declared as qcow2, but it is raw/,
    );
    assert.deepEqual(await readdir(cacheDir), []);
    await ensureImage(wanted(), { cacheDir });
    await fails(ensureImage({ ...wanted(), format: 'qcow2' }, { cacheDir }), 'ImageFormatRefused', /declared as qcow2/);
  });

  it('takes over the lock of a process that was killed', async () => {
    await mkdir(cacheDir);
    const lock = join(cacheDir, `sha256-${sha('sha256', image)}.lock`);
    await writeFile(lock, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await ensureImage(wanted(), { cacheDir });
    await assert.rejects(stat(lock), { code: 'ENOENT' });
  });

  it('drops what was used longest ago beyond the limit, never what was used lately', async () => {
    const limits = { maxBytes: 700_000, keepMs: 60_000 };
    const bring = async () => {
      image = diskImage();
      return (await ensureImage(wanted(), { cacheDir, limits })).sha256;
    };
    const age = async (sha256: string, minutes: number) => {
      const then = new Date(Date.now() - minutes * 60_000);
      await utimes(cachedFactsPath(cacheDir, sha256), then, then);
    };
    const [old, older] = [await bring(), await bring()];
    await age(old, 10);
    await age(older, 20);
    const third = await bring();
    const kept = async () =>
      (await readdir(cacheDir)).filter((name) => name.endsWith('.img')).map((name) => name.slice(0, 64));
    assert.deepEqual((await kept()).toSorted(), [old, third].toSorted());
    await age(old, 0);
    await bring();
    assert.equal((await kept()).length, 3);
  });
});
