import assert from 'node:assert/strict';
import { createRateLimit } from '../../api/rate-limit.ts';
import { startTenantApi } from '../support/tenants.ts';

describe('the rate limit', () => {
  it('lets a burst pass, and then as many as flow in', () => {
    let now = 0;
    const limit = createRateLimit({ perMinute: 60, burst: 3 }, () => now);
    assert.deepEqual(
      [1, 2, 3].map(() => limit.take('a')),
      [0, 0, 0],
    );
    assert.equal(limit.take('a'), 1);
    assert.equal(limit.take('b'), 0);
    now += 1000;
    assert.equal(limit.wait('a'), 0);
    assert.equal(limit.take('a'), 0);
    assert.equal(limit.take('a'), 1);
    now += 60_000;
    assert.deepEqual(
      [1, 2, 3, 4].map(() => limit.take('a')),
      [0, 0, 0, 1],
    );
  });

  it('has no bounds unless some are set', () => {
    const limit = createRateLimit({ perMinute: 0, burst: 1 });
    assert.ok(Array.from({ length: 1000 }, () => limit.take('a')).every((seconds) => seconds === 0));
  });
});

describe('API rate limit', () => {
  it('is each caller’s own, and one for what fails from an address', async () => {
    const tenants = await startTenantApi({ ANNEAL_API_RATE_PER_MINUTE: '1', ANNEAL_API_RATE_BURST: '2' });
    try {
      const status = async () => (await tenants.as('p1-reader', 'GET', '/v1/nodes')).status;
      assert.deepEqual([await status(), await status()], [200, 200]);
      const refused = await tenants.as('p1-reader', 'GET', '/v1/nodes');
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers.get('Retry-After')) > 0);
      assert.equal((await tenants.as('p1-admin', 'GET', '/v1/nodes')).status, 200);
      const guess = async () =>
        (await tenants.api.request('GET', '/v1/nodes', { headers: { 'X-Auth-Token': 'x' } })).status;
      assert.deepEqual([await guess(), await guess(), await guess()], [401, 401, 429]);
      assert.equal((await tenants.api.request('GET', '/v1')).status, 200);
    } finally {
      await tenants.close();
    }
  });
});
