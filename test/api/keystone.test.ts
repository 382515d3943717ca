import assert from 'node:assert/strict';
import { startTestApi, type TestApi } from '../support/api.ts';
import { startFakeKeystone, type FakeKeystone } from '../support/fake-keystone.ts';

describe('API authentication by Keystone’s tokens', () => {
  let api: TestApi;
  let keystone: FakeKeystone;

  beforeEach(async () => {
    keystone = await startFakeKeystone();
    api = await startTestApi({ env: { ...keystone.env, ANNEAL_KEYSTONE_CACHE_SECONDS: '3' } });
    keystone.tokens.set('reader', { user: 'rob', roles: ['reader'], system: true });
    keystone.tokens.set('nova', { user: 'nova', roles: ['service'], project: 'service' });
    keystone.tokens.set('glance', { user: 'glance', roles: ['member'], project: 'service' });
  });
  afterEach(async () => {
    await api.close();
    await keystone.close();
  });

  const get = (headers: Record<string, string>) => api.request('GET', '/v1/nodes', { headers });
  const statusOf = async (headers: Record<string, string>) => (await get(headers)).status;

  it('says where tokens come from', async () => {
    for (const headers of [{}, { 'X-Auth-Token': 'made-up' }, { Authorization: 'Basic YTpi' }]) {
      const answer = await get(headers);
      assert.equal(answer.status, 401);
      assert.equal(answer.headers.get('WWW-Authenticate'), 'Keystone uri="https://identity.example/v3"');
      assert.deepEqual(JSON.parse(answer.text), {
        error: {
          code: 401,
          title: 'Unauthorized',
          message: 'The request you have made requires authentication.',
        },
      });
    }
    for (const path of ['/', '/v1', '/healthz']) assert.equal((await api.request('GET', path)).status, 200, path);
  });

  it('asks once for many requests, and again after a while: a revoked token ends', async () => {
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf({ 'X-Auth-Token': 'reader' })));
    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.deepEqual(keystone.asked, { validations: 1, logins: 1 });
    keystone.tokens.delete('reader');
    assert.equal(await statusOf({ 'X-Auth-Token': 'reader' }), 200);
    await new Promise((resolve) => setTimeout(resolve, 3100));
    assert.equal(await statusOf({ 'X-Auth-Token': 'reader' }), 401);
  });

  it('ends a remembered token when it expires', async () => {
    keystone.tokens.set('short', { user: 'rob', roles: ['reader'], system: true, expiresInMs: 2000 });
    assert.equal(await statusOf({ 'X-Auth-Token': 'short' }), 200);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    assert.equal(await statusOf({ 'X-Auth-Token': 'short' }), 401);
  });

  it('logs in again when its own token is revoked', async () => {
    assert.equal(await statusOf({ 'X-Auth-Token': 'reader' }), 200);
    keystone.revokeOwn();
    keystone.tokens.set('other', { user: 'rob', roles: ['reader'], system: true });
    assert.equal(await statusOf({ 'X-Auth-Token': 'other' }), 200);
    assert.equal(keystone.asked.logins, 2);
  });

  for (const status of [500, 403])
    it(`answers 503, not 401, while Keystone answers ${status}, and recovers`, async () => {
      keystone.broken = status;
      const answer = await get({ 'X-Auth-Token': 'reader' });
      assert.equal(answer.status, 503);
      assert.equal(answer.headers.get('WWW-Authenticate'), null);
      keystone.broken = undefined;
      assert.equal(await statusOf({ 'X-Auth-Token': 'reader' }), 200);
    });

  it('answers 503 while Keystone is not there at all', async () => {
    await keystone.close();
    assert.equal(await statusOf({ 'X-Auth-Token': 'reader' }), 503);
  });

  it('takes an expired token only from a service that says who it is', async () => {
    keystone.tokens.set('expired', { user: 'rob', roles: ['reader'], system: true, expiresInMs: -1000 });
    const token = { 'X-Auth-Token': 'expired' };
    assert.equal(await statusOf(token), 401);
    assert.equal(await statusOf({ ...token, 'X-Service-Token': 'nova' }), 200);
    assert.equal(await statusOf({ ...token, 'X-Service-Token': 'glance' }), 401);
    assert.equal(await statusOf({ ...token, 'X-Service-Token': 'made-up' }), 401);
    assert.equal(await statusOf({ ...token, 'X-Service-Token': 'expired' }), 401);
    assert.equal(await statusOf({ 'X-Service-Token': 'nova' }), 401);
  });

  it('tells nobody a password or a token', async () => {
    keystone.broken = 401;
    const answer = await get({ 'X-Auth-Token': 'secret-token' });
    assert.equal(answer.status, 503);
    for (const secret of ['secret-token', 'service-password']) assert.ok(!answer.text.includes(secret));
  });
});
