import assert from 'node:assert/strict';
import { startTenantApi, type TenantApi, type TokenName } from '../support/tenants.ts';

describe('API of tenants: what belongs to nodes and projects', () => {
  let tenants: TenantApi;
  const nodes = new Map<string, string>();
  const as: TenantApi['as'] = (...request) => tenants.as(...request);

  before(async () => {
    tenants = await startTenantApi();
    for (const [name, owner] of [
      ['mine', 'p1'],
      ['other', 'p2'],
    ] as const) {
      const body = { driver: 'fake-hardware', name, owner, resource_class: 'c' };
      const made = await as('sys-admin', 'POST', '/v1/nodes', body);
      assert.equal(made.status, 201, made.text);
      nodes.set(name, made.body.uuid as string);
    }
  });
  after(() => tenants.close());

  const listed = async (token: TokenName, path: string, member: string): Promise<unknown[]> => {
    const answer = await as(token, 'GET', path);
    assert.equal(answer.status, 200, answer.text);
    return answer.body[member] as unknown[];
  };

  const OF_NODES = [
    ['portgroups', 'portgroups', { name: 'bond' }],
    ['volume/connectors', 'connectors', { type: 'iqn', connector_id: 'iqn.2026-01.example' }],
    [
      'volume/targets',
      'targets',
      { volume_type: 'iscsi', volume_id: 'v', boot_index: 0, properties: { target_portal: '192.0.2.1:3260' } },
    ],
  ] as const;

  for (const [path, collection, body] of OF_NODES)
    it(`keeps /v1/${path} to the node’s projects`, async () => {
      const variant = (name: string) =>
        Object.fromEntries(
          Object.entries(body).map(([key, value]) => [key, /name|_id$/.test(key) ? `${String(value)}-${name}` : value]),
        );
      const made = new Map<string, string>();
      for (const [name, token] of [
        ['mine', 'p1-manager'],
        ['other', 'sys-admin'],
      ] as const) {
        const answer = await as(token, 'POST', `/v1/${path}`, { ...variant(name), node_uuid: nodes.get(name) });
        assert.equal(answer.status, 201, answer.text);
        made.set(name, answer.body.uuid as string);
      }
      const foreign = { ...variant('x'), node_uuid: nodes.get('other') };
      assert.equal((await as('p1-manager', 'POST', `/v1/${path}`, foreign)).status, 403);
      assert.equal(
        (await as('p1-member', 'POST', `/v1/${path}`, { ...foreign, node_uuid: nodes.get('mine') })).status,
        403,
      );
      assert.equal((await listed('sys-reader', `/v1/${path}`, collection)).length, 2);
      assert.equal((await listed('p1-reader', `/v1/${path}`, collection)).length, 1);
      assert.equal((await listed('p3-admin', `/v1/${path}`, collection)).length, 0);
      assert.equal((await listed('p1-reader', `/v1/nodes/mine/${path}`, collection)).length, 1);
      assert.equal((await as('p1-reader', 'GET', `/v1/nodes/other/${path}`)).status, 404);
      assert.equal((await as('p1-reader', 'GET', `/v1/${path}?node=other`)).status, 404);
      assert.equal((await as('p1-reader', 'GET', `/v1/${path}?marker=${made.get('other')}`)).status, 404);
      assert.equal((await as('p1-reader', 'GET', `/v1/${path}/${made.get('mine')}`)).status, 200);
      for (const method of ['GET', 'DELETE'])
        assert.equal((await as('p1-admin', method, `/v1/${path}/${made.get('other')}`)).status, 404);
      const move = [{ op: 'replace', path: '/node_uuid', value: nodes.get('other') }];
      assert.equal((await as('p1-admin', 'PATCH', `/v1/${path}/${made.get('mine')}`, move)).status, 400);
      assert.equal((await as('p1-reader', 'DELETE', `/v1/${path}/${made.get('mine')}`)).status, 403);
    });

  it('shows a volume’s connection to admins and the system only', async () => {
    const [member] = (await listed('p1-member', '/v1/volume/targets?detail=true', 'targets')) as [
      { properties: object },
    ];
    assert.match(JSON.stringify(member.properties), /Value redacted/);
    const [admin] = (await listed('p1-admin', '/v1/volume/targets?detail=true', 'targets')) as [{ properties: object }];
    assert.deepEqual(admin.properties, { target_portal: '192.0.2.1:3260' });
  });

  it('gives allocations to the project that asks, and hides others’', async () => {
    const made = await as('p1-member', 'POST', '/v1/allocations', { name: 'a1', resource_class: 'c' });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.owner, 'p1');
    assert.equal((await as('p1-reader', 'POST', '/v1/allocations', { resource_class: 'c' })).status, 403);
    assert.equal((await as('p1-admin', 'POST', '/v1/allocations', { resource_class: 'c', owner: 'p2' })).status, 403);
    const ofOther = await as('sys-member', 'POST', '/v1/allocations', { name: 'a2', resource_class: 'c', owner: 'p2' });
    assert.equal(ofOther.status, 201);
    assert.equal((await listed('p1-reader', '/v1/allocations', 'allocations')).length, 1);
    assert.equal((await as('p1-reader', 'GET', '/v1/allocations?owner=p2')).status, 403);
    for (const method of ['GET', 'DELETE'])
      assert.equal((await as('p1-admin', method, '/v1/allocations/a2')).status, 404);
    assert.equal((await as('p1-member', 'DELETE', '/v1/allocations/a1')).status, 204);
    const candidates = { resource_class: 'c', candidate_nodes: ['other'] };
    assert.equal((await as('p1-member', 'POST', '/v1/allocations', candidates)).status, 400);
    assert.equal((await as('p1-reader', 'GET', '/v1/nodes/other/allocation')).status, 404);
  });

  it('keeps runbooks to their project, and public ones to nobody', async () => {
    const body = {
      name: 'CUSTOM_R1',
      steps: [{ interface: 'raid', step: 'delete_configuration', args: {}, order: 1 }],
    };
    assert.equal((await as('p1-member', 'POST', '/v1/runbooks', body)).status, 403);
    assert.equal((await as('p1-manager', 'POST', '/v1/runbooks', { ...body, public: true })).status, 400);
    const made = await as('p1-manager', 'POST', '/v1/runbooks', body);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.owner, 'p1');
    const everybodys = await as('sys-admin', 'POST', '/v1/runbooks', { ...body, name: 'CUSTOM_R2', public: true });
    assert.equal(everybodys.status, 201, everybodys.text);
    assert.equal((await listed('p1-reader', '/v1/runbooks', 'runbooks')).length, 2);
    assert.equal((await listed('p3-admin', '/v1/runbooks', 'runbooks')).length, 1);
    assert.equal((await as('p3-admin', 'GET', '/v1/runbooks/CUSTOM_R2')).status, 200);
    assert.equal((await as('p3-admin', 'GET', '/v1/runbooks/CUSTOM_R1')).status, 403);
    assert.equal((await as('p3-admin', 'GET', '/v1/runbooks/CUSTOM_R1/traits')).status, 403);
    const patch = [{ op: 'replace', path: '/public', value: true }];
    assert.equal((await as('p1-manager', 'PATCH', '/v1/runbooks/CUSTOM_R1', patch)).status, 403);
    const extra = [{ op: 'add', path: '/extra/a', value: 1 }];
    assert.equal((await as('p1-manager', 'PATCH', '/v1/runbooks/CUSTOM_R1', extra)).status, 200);
    assert.equal((await as('p3-admin', 'DELETE', '/v1/runbooks/CUSTOM_R1')).status, 403);
  });

  it('lets nobody run the runbook of another project', async () => {
    await tenants.api.database.pool.query(`update nodes set provision_state = 'manageable' where name = 'other'`);
    const body = { target: 'clean', runbook: 'CUSTOM_R1' };
    const foreign = await as('p2-admin', 'PUT', '/v1/nodes/other/states/provision', body);
    assert.equal(foreign.status, 403, foreign.text);
    assert.match(foreign.text, /baremetal:runbook:use/);
    // Whoever may use it is told what else is missing.
    const own = await as('sys-admin', 'PUT', '/v1/nodes/other/states/provision', body);
    assert.match(own.text, /no traits configured/);
  });

  it('keeps what belongs to nobody to the system', async () => {
    for (const path of ['chassis', 'deploy_templates', 'shards', 'conductors', 'volume'])
      for (const [token, status] of [
        ['p1-admin', 403],
        ['sys-reader', 200],
      ] as const)
        assert.equal((await as(token, 'GET', `/v1/${path}`)).status, status, `${path} ${token}`);
  });
});
