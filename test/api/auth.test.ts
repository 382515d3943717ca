import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { assertUsable, parseHtpasswd } from '../../api/auth/htpasswd.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

const basic = (user: string, password: string) => ({
  headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
});

describe('API authentication by htpasswd', () => {
  let api: TestApi;
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-htpasswd-'));
    file = join(folder, 'htpasswd');
    await writeFile(file, `# users\nada:${await hash('lovelace', 4)}\n`);
    api = await startTestApi({ env: { ANNEAL_AUTH_STRATEGY: 'http_basic', ANNEAL_HTPASSWD_FILE: file } });
  });
  after(async () => {
    await api.close();
    await rm(folder, { recursive: true });
  });

  it('lets everybody read versions and health, and the agent look itself up', async () => {
    for (const path of ['/', '/v1', '/healthz']) assert.equal((await api.request('GET', path)).status, 200, path);
    assert.equal((await api.request('GET', '/v1/lookup?addresses=52:54:00:00:00:01')).status, 404);
  });

  it('asks for a user and a password, and takes the right ones', async () => {
    const nobody = await api.request('GET', '/v1/nodes');
    assert.equal(nobody.status, 401);
    assert.match(nobody.headers.get('WWW-Authenticate') ?? '', /^Basic realm=/);
    assert.equal((await api.request('GET', '/v1/nodes', basic('ada', 'wrong'))).status, 401);
    assert.equal((await api.request('GET', '/v1/nodes', basic('eve', 'lovelace'))).status, 401);
    assert.equal((await api.request('GET', '/v1/nodes', { headers: { Authorization: 'Bearer x' } })).status, 401);
    assert.equal((await api.request('GET', '/v1/nodes', basic('ada', 'lovelace'))).status, 200);
    assert.equal((await api.request('GET', '/v1/nodes', basic('ada', 'lovelace'))).status, 200);
    const codec = await api.request('POST', '/anneal/v1/codec/decode', { body: { payloads: [] } });
    assert.equal(codec.status, 401);
  });

  it('reads the file again when it changes: new users come in, old passwords don’t', async () => {
    await writeFile(file, `eve:${await hash('moneypenny', 4)}\n`);
    await utimes(file, new Date(), new Date(Date.now() + 5000));
    assert.equal((await api.request('GET', '/v1/nodes', basic('ada', 'lovelace'))).status, 401);
    assert.equal((await api.request('GET', '/v1/nodes', basic('eve', 'moneypenny'))).status, 200);
  });

  it('stays with the users from before while the file does not fit', async () => {
    await writeFile(file, 'eve:{SHA}secretdigest\n');
    await utimes(file, new Date(), new Date(Date.now() + 10_000));
    assert.equal((await api.request('GET', '/v1/nodes', basic('eve', 'moneypenny'))).status, 200);
    assert.equal((await api.request('GET', '/v1/nodes', basic('ada', 'lovelace'))).status, 401);
  });

  it('refuses a file that lets nobody in, before it serves', async () => {
    const gone = join(folder, 'gone');
    const told = `ANNEAL_HTPASSWD_FILE: ${gone} can't be read (ENOENT); name one that the api may read; "htpasswd -cB <file> <user>" makes it.`;
    await assert.rejects(assertUsable(gone), { message: told });
    await writeFile(join(folder, 'old'), 'eve:{SHA}secretdigest\n');
    await assert.rejects(assertUsable(join(folder, 'old')), /old, line 1: expected user:hash/);
  });

  it('blames itself, not PostgreSQL, when the file is gone', async () => {
    await rm(file);
    const answer = await api.request('GET', '/v1/nodes', basic('eve', 'moneypenny'));
    assert.equal(answer.status, 500, answer.text);
    assert.doesNotMatch(answer.text, /PostgreSQL/);
  });

  it('names the line of a hash that is not bcrypt, and not the hash', () => {
    assert.throws(
      () => parseHtpasswd('ok:$2y$05$' + 'a'.repeat(53) + '\nold:{SHA}secretdigest\n', 'htpasswd'),
      (error: Error) => /htpasswd, line 2/.test(error.message) && !error.message.includes('secretdigest'),
    );
  });
});
