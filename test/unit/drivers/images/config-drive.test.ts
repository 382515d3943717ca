import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { buildConfigDrive } from '../../../../drivers/images/config-drive.ts';
import { makeIso } from '../../../../drivers/images/iso.ts';

const defaults = { uuid: '7f3a1c58-0f6e-4d0a-9b1e-0a6d5a0f4c11', name: 'web-1' };

/** The files of a packed drive, read by isoinfo: Rock Ridge names, as Linux sees them. */
async function filesOf(packed: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'anneal-drive-'));
  try {
    const iso = join(folder, 'iso');
    await writeFile(iso, gunzipSync(Buffer.from(packed, 'base64')));
    const isoinfo = async (...options: string[]) =>
      (await promisify(execFile)('isoinfo', ['-i', iso, ...options])).stdout;
    assert.match(await isoinfo('-d'), /Volume id: config-2/);
    const names = (await isoinfo('-R', '-f')).split('\n').filter((name) => /\.json$|_data$/.test(name));
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await isoinfo('-R', '-x', name)])));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function fails(content: string, message: RegExp): Promise<void> {
  await assert.rejects(buildConfigDrive({ content, defaults }), { code: 'ConfigDriveInvalid', message });
}

/** Sends bytes without saying how many, until the client has enough. */
function endless(response: ServerResponse): void {
  const part = Buffer.alloc(2 ** 20, 'A');
  const parts = Readable.from(
    (function* () {
      for (let count = 0; count < 1000; count += 1) yield part;
    })(),
  );
  parts.pipe(response).once('close', () => parts.destroy());
}

describe('buildConfigDrive', () => {
  it('makes the drive that cloud-init reads from JSON', async () => {
    const content = JSON.stringify({
      meta_data: { hostname: 'shop', public_keys: { me: 'ssh-ed25519 AAAA' } },
      user_data: '#cloud-config\npackages: [nginx]\n',
      network_data: { links: [] },
      vendor_data: [{ rack: 3 }],
    });
    const files = await filesOf(await buildConfigDrive({ content, defaults }));
    assert.deepEqual(JSON.parse(files['/openstack/latest/meta_data.json'] ?? ''), {
      uuid: defaults.uuid,
      name: 'web-1',
      hostname: 'shop',
      public_keys: { me: 'ssh-ed25519 AAAA' },
    });
    assert.equal(files['/openstack/latest/user_data'], '#cloud-config\npackages: [nginx]\n');
    assert.equal(files['/openstack/latest/network_data.json'], '{"links":[]}');
    assert.equal(files['/openstack/latest/vendor_data.json'], '[{"rack":3}]');
  });

  it('leaves out what was not given, and fills in who the machine is', async () => {
    const files = await filesOf(await buildConfigDrive({ content: '{}', defaults: { ...defaults, name: null } }));
    assert.deepEqual(files, { '/openstack/latest/meta_data.json': `{"uuid":"${defaults.uuid}"}` });
  });

  it('leaves no file behind', async () => {
    const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('anneal-iso-'));
    const before = await left();
    await buildConfigDrive({ content: '{"user_data":"secret"}', defaults });
    assert.deepEqual(await left(), before);
  });

  it('takes gzip+base64 of a labelled ISO as it is, line breaks taken out', async () => {
    const packed = gzipSync(await makeIso({ 'openstack/latest/user_data': 'x' }, 'config-2')).toString('base64');
    const inLines = packed.replaceAll(/(.{76})/g, '$1\n');
    assert.equal(await buildConfigDrive({ content: inLines, defaults }), packed);
  });

  it('fetches a URL', async () => {
    const packed = gzipSync(await makeIso({ 'openstack/latest/user_data': 'x' }, 'CONFIG-2')).toString('base64');
    const server = createServer((request, response) => {
      if (request.url === '/drive') response.end(packed);
      else if (request.url === '/endless') endless(response);
      else if (request.url === '/huge') response.writeHead(200, { 'content-length': 2 ** 30 }).end();
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      assert.equal(await buildConfigDrive({ content: `${origin}/drive`, defaults }), packed);
      await assert.rejects(buildConfigDrive({ content: `${origin}/gone`, defaults }), { code: 'ImageNotFound' });
      await fails(`${origin}/huge`, /larger than 64 MiB/);
      await fails(`${origin}/endless`, /larger than 64 MiB/);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('refuses what is none of the three', async () => {
    const unlabelled = gzipSync(await makeIso({ a: 'b' }, 'cidata')).toString('base64');
    const bomb = gzipSync(Buffer.alloc(65 * 2 ** 20)).toString('base64');
    const cases: [string, RegExp][] = [
      ['', /neither JSON, nor base64, nor an http\(s\) URL/],
      ['file:///etc/passwd', /neither JSON/],
      ['aGVsbG8=', /not of a gzip file/],
      [gzipSync('hello').toString('base64'), /no ISO 9660 file system with the label config-2/],
      [unlabelled, /with the label config-2/],
      [bomb, /larger than 64 MiB/],
      ['{"meta_data": ', /begins as JSON, but isn’t/],
      ['{"meta_data": "x"}', /does not fit[^]*meta_data/],
      ['{"metadata": {}}', /does not fit[^]*metadata/],
    ];
    for (const [content, message] of cases) await fails(content, message);
  });
});
