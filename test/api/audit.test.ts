import assert from 'node:assert/strict';
import { startTestApi } from '../support/api.ts';
import { startTenantApi, type TenantApi } from '../support/tenants.ts';

const REQUEST = 'req-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

describe('API audit', () => {
  let tenants: TenantApi;
  let uuid: string;
  const as: TenantApi['as'] = (...request) => tenants.as(...request);

  before(async () => {
    tenants = await startTenantApi({ ANNEAL_API_TRUSTED_PROXIES: '127.0.0.0/8' });
    const body = { driver: 'fake-hardware', name: 'mine', owner: 'p1' };
    uuid = (await as('sys-admin', 'POST', '/v1/nodes', body)).body.uuid as string;
  });
  after(() => tenants.close());

  it('notes who asked for what, from where, and what came of it, for ever', async () => {
    const headers = {
      'X-Auth-Token': 'p1-member',
      'X-Openstack-Request-Id': REQUEST,
      'X-Forwarded-For': '203.0.113.9, 198.51.100.7, 127.0.0.2',
    };
    await tenants.api.request('PUT', '/v1/nodes/mine/maintenance', { headers, body: { reason: 'fan' } });
    const { body } = await as('sys-reader', 'GET', `/anneal/v1/requests/${REQUEST}`);
    const [{ at, ...noted }] = body.requests;
    assert.ok(Math.abs(Date.parse(at as string) - Date.now()) < 60_000);
    assert.deepEqual(noted, {
      request_id: REQUEST,
      method: 'PUT',
      path: '/v1/nodes/mine/maintenance',
      status: 202,
      node_uuid: uuid,
      username: 'mia',
      user_id: 'id-of-mia',
      project: 'p1',
      // The last proxy that isn't trusted may have made up what it says is before it.
      address: '198.51.100.7',
    });
    assert.deepEqual(body.operations, []);
  });

  it('notes refusals and what is gone by its name, in pages, after the node is gone', async () => {
    assert.equal((await as('p1-member', 'DELETE', '/v1/nodes/mine')).status, 403);
    assert.equal(
      (await as('sys-admin', 'PATCH', '/v1/nodes/mine', [{ op: 'add', path: '/bogus', value: 1 }])).status,
      400,
    );
    assert.equal((await as('sys-admin', 'DELETE', '/v1/nodes/mine')).status, 204);
    const seen: unknown[] = [];
    let path: string | undefined = `/anneal/v1/nodes/${uuid}/requests?limit=2`;
    for (let page = 0; path !== undefined && page < 10; page += 1) {
      const { body } = await as('sys-reader', 'GET', path);
      seen.push(
        ...(body.requests as { method: string; status: number }[]).map(({ method, status }) => [method, status]),
      );
      path = (body.next as string | undefined)?.slice(tenants.api.url.length);
    }
    assert.deepEqual(seen, [
      ['DELETE', 204],
      ['PATCH', 400],
      ['DELETE', 403],
      ['PUT', 202],
      ['POST', 201],
    ]);
  });

  it('goes from a request to the workflow that it started', async () => {
    const run = '11111111-2222-4333-8444-555555555555';
    await tenants.api.database.pool.query(
      `insert into node_history (node_uuid, event, event_type, severity, request_id, operation_run)
       values ($1::uuid, 'Started', 'provide', 'INFO', $2::text, $3::uuid)`,
      [uuid, 'req-of-operation', run],
    );
    const { body } = await as('sys-reader', 'GET', '/anneal/v1/requests/req-of-operation');
    assert.equal(body.operations[0].workflow_id, `node:${uuid}`);
    assert.equal(body.operations[0].run, run);
    assert.equal(body.operations[0].verb, 'provide');
  });

  it('is for the system and the node’s owner', async () => {
    assert.equal((await as('p1-admin', 'GET', `/anneal/v1/requests/${REQUEST}`)).status, 403);
    const made = await as('sys-admin', 'POST', '/v1/nodes', {
      driver: 'fake-hardware',
      name: 'two',
      owner: 'p1',
      lessee: 'p2',
    });
    assert.equal(made.status, 201);
    assert.equal((await as('p1-reader', 'GET', '/anneal/v1/nodes/two/requests')).status, 200);
    assert.equal((await as('p2-admin', 'GET', '/anneal/v1/nodes/two/requests')).status, 403);
    assert.equal((await as('p3-admin', 'GET', '/anneal/v1/nodes/two/requests')).status, 403);
    assert.equal((await as('sys-reader', 'GET', '/anneal/v1/requests/req-nonsense')).status, 404);
  });

  it('believes nobody about X-Forwarded-For by default, and notes no reading', async () => {
    const api = await startTestApi();
    try {
      const headers = { 'X-Forwarded-For': '203.0.113.9', 'X-Openstack-Request-Id': REQUEST };
      await api.request('POST', '/v1/nodes', { headers, body: { driver: 'fake-hardware' } });
      await api.request('GET', '/v1/nodes', { headers });
      const { body } = await api.request('GET', `/anneal/v1/requests/${REQUEST}`);
      assert.equal(body.requests.length, 1);
      assert.equal(body.requests[0].address, '127.0.0.1');
    } finally {
      await api.close();
    }
    await assert.rejects(startTestApi({ env: { ANNEAL_API_TRUSTED_PROXIES: '10.0.0.0/33' } }), /TRUSTED_PROXIES/);
  });
});
