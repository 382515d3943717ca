import assert from 'node:assert/strict';
import { faultOf } from '../support/api.ts';
import { startTenantApi, type TenantApi } from '../support/tenants.ts';

describe('API quotas of projects', () => {
  let tenants: TenantApi;
  const as: TenantApi['as'] = (...request) => tenants.as(...request);
  const enrol = (name: string, owner: string) =>
    as('sys-admin', 'POST', '/v1/nodes', { driver: 'fake-hardware', name, owner });
  const patch = (name: string, path: string, value: string) =>
    as('sys-admin', 'PATCH', `/v1/nodes/${name}`, [{ op: 'add', path, value }]);

  beforeEach(async () => {
    tenants = await startTenantApi();
    assert.equal((await as('sys-admin', 'PUT', '/anneal/v1/quotas/p1', { nodes: 2 })).status, 200);
  });
  afterEach(() => tenants.close());

  it('refuses the node too many, with what is used and allowed', async () => {
    for (const name of ['a', 'b']) assert.equal((await enrol(name, 'p1')).status, 201);
    const refused = await enrol('c', 'p1');
    assert.equal(refused.status, 403);
    assert.equal(faultOf(refused), 'Quota exceeded: project p1 holds 2 of the 2 nodes that it may.');
    assert.equal((await enrol('d', 'p2')).status, 201);
    assert.equal((await patch('d', '/owner', 'p1')).status, 403);
    assert.equal((await patch('d', '/lessee', 'p1')).status, 403);
    // What isn't about whose the node is goes on.
    assert.equal((await patch('a', '/description', 'x')).status, 200);
  });

  it('counts a leased node for who leases it', async () => {
    for (const name of ['a', 'b']) assert.equal((await enrol(name, 'p1')).status, 201);
    assert.equal((await patch('a', '/lessee', 'p2')).status, 200);
    assert.equal((await enrol('c', 'p1')).status, 201);
    assert.deepEqual((await as('p1-reader', 'GET', '/anneal/v1/quotas/p1')).body, { project: 'p1', nodes: 2, used: 2 });
    // The lease ends, and the node is p1's again, which is one too many: it stays leased.
    assert.equal((await as('sys-admin', 'PATCH', '/v1/nodes/a', [{ op: 'remove', path: '/lessee' }])).status, 403);
  });

  it('holds when many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => enrol(`n${index}`, 'p1')));
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 201).length, 2);
    assert.equal(statuses.filter((status) => status === 403).length, 10);
  });

  it('has one for all other projects, and none when that is dropped', async () => {
    assert.equal((await as('sys-admin', 'PUT', '/anneal/v1/quotas/*', { nodes: 0 })).status, 200);
    assert.equal((await enrol('a', 'p2')).status, 403);
    assert.equal((await enrol('b', 'p1')).status, 201);
    const { body } = await as('sys-reader', 'GET', '/anneal/v1/quotas');
    assert.deepEqual(body.quotas, [
      { project: '*', nodes: 0, used: 0 },
      { project: 'p1', nodes: 2, used: 1 },
    ]);
    assert.equal((await as('sys-admin', 'DELETE', '/anneal/v1/quotas/*')).status, 204);
    assert.equal((await as('sys-admin', 'DELETE', '/anneal/v1/quotas/*')).status, 404);
    assert.equal((await enrol('a', 'p2')).status, 201);
  });

  it('is seen by its project and set by the system', async () => {
    assert.equal((await as('p1-reader', 'GET', '/anneal/v1/quotas/p1')).status, 200);
    assert.equal((await as('p1-admin', 'GET', '/anneal/v1/quotas/p2')).status, 403);
    assert.equal((await as('p1-admin', 'GET', '/anneal/v1/quotas')).status, 403);
    assert.equal((await as('p1-admin', 'PUT', '/anneal/v1/quotas/p1', { nodes: 9 })).status, 403);
    assert.equal((await as('sys-member', 'PUT', '/anneal/v1/quotas/p1', { nodes: 9 })).status, 403);
  });
});
