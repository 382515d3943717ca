import assert from 'node:assert/strict';
import { faultOf } from '../support/api.ts';
import { startTenantApi, type TenantApi, type TokenName } from '../support/tenants.ts';

const NODES = [
  { name: 'mine', owner: 'p1' },
  { name: 'leased', owner: 'p2', lessee: 'p1' },
  { name: 'other', owner: 'p2' },
  { name: 'free' },
] as const;

describe('API of tenants', () => {
  let tenants: TenantApi;
  const uuids = new Map<string, string>();
  const as: TenantApi['as'] = (...request) => tenants.as(...request);
  const names = async (token: TokenName, query = ''): Promise<string[]> => {
    const answer = await as(token, 'GET', `/v1/nodes?fields=name${query}`);
    assert.equal(answer.status, 200, answer.text);
    return (answer.body.nodes as { name: string }[]).map(({ name }) => name);
  };

  before(async () => {
    tenants = await startTenantApi();
    for (const [index, node] of NODES.entries()) {
      const made = await as('sys-admin', 'POST', '/v1/nodes', {
        driver: 'fake-hardware',
        driver_info: { bmc: `b${index}` },
        ...node,
      });
      assert.equal(made.status, 201, made.text);
      uuids.set(node.name, made.body.uuid as string);
      const address = `52:54:00:00:00:0${index}`;
      const port = await as('sys-admin', 'POST', '/v1/ports', {
        node_uuid: made.body.uuid,
        address,
        name: `${node.name}-p`,
      });
      assert.equal(port.status, 201, port.text);
    }
  });
  after(() => tenants.close());

  it('lists what is one’s own or leased, in pages that are full', async () => {
    assert.deepEqual(await names('sys-reader'), ['mine', 'leased', 'other', 'free']);
    assert.deepEqual(await names('p1-reader'), ['mine', 'leased']);
    assert.deepEqual(await names('p3-admin'), []);
    const first = await as('p1-reader', 'GET', '/v1/nodes?fields=name&limit=1&sort_key=name');
    assert.equal(first.body.nodes[0].name, 'leased');
    const second = await as('p1-reader', 'GET', (first.body.next as string).slice(tenants.api.url.length));
    assert.equal(second.body.nodes[0].name, 'mine');
    assert.deepEqual(await names('p1-reader', '&owner=p2'), ['leased']);
    assert.equal((await as('p1-reader', 'GET', '/v1/nodes?project=p2')).status, 403);
    assert.equal((await as('domain-admin', 'GET', '/v1/nodes')).status, 403);
    const ports = await as('p1-reader', 'GET', '/v1/ports');
    assert.equal(ports.body.ports.length, 2);
  });

  it('hides another’s node as if it weren’t there, with all that is below it', async () => {
    const below = [
      '',
      '/states',
      '/ports',
      '/vifs',
      '/traits',
      '/history',
      '/inventory',
      '/validate',
      '/management/boot_device',
    ];
    for (const id of ['other', uuids.get('other'), 'free'])
      for (const path of below) {
        const hidden = await as('p1-admin', 'GET', `/v1/nodes/${id}${path}`);
        const absent = await as('p1-admin', 'GET', `/v1/nodes/nowhere${path}`);
        assert.equal(hidden.status, 404, `${id}${path}`);
        assert.equal(hidden.text.replaceAll(String(id), 'X'), absent.text.replaceAll('nowhere', 'X'));
      }
    assert.equal((await as('p1-admin', 'GET', '/v1/ports/other-p')).status, 404);
    assert.equal((await as('p1-admin', 'GET', '/v1/ports?node=other')).status, 404);
    assert.equal((await as('p1-admin', 'GET', '/v1/nodes/validate?node=other')).status, 404);
    assert.equal((await as('p1-admin', 'GET', `/v1/nodes?marker=${uuids.get('other')}`)).status, 404);
    assert.equal((await as('p1-admin', 'PATCH', '/v1/nodes/other', [])).status, 404);
    assert.equal((await as('p1-admin', 'DELETE', '/v1/nodes/other')).status, 404);
    assert.equal((await as('p1-reader', 'GET', '/v1/ports/leased-p')).status, 200);
  });

  const REQUESTS: readonly (readonly [TokenName, string, string, unknown, number])[] = [
    ['p1-reader', 'PATCH', '/v1/nodes/mine', [{ op: 'add', path: '/extra/a', value: 1 }], 403],
    ['p1-member', 'PATCH', '/v1/nodes/mine', [{ op: 'add', path: '/extra/a', value: 1 }], 200],
    ['p1-member', 'PATCH', '/v1/nodes/leased', [{ op: 'add', path: '/extra/a', value: 1 }], 200],
    ['p1-member', 'PATCH', '/v1/nodes/leased', [{ op: 'add', path: '/properties/cpus', value: 1 }], 403],
    ['p1-member', 'PATCH', '/v1/nodes/leased', [{ op: 'add', path: '/instance_info/a', value: 1 }], 403],
    ['p1-manager', 'PATCH', '/v1/nodes/leased', [{ op: 'add', path: '/instance_info/a', value: 1 }], 200],
    ['p1-admin', 'PATCH', '/v1/nodes/mine', [{ op: 'add', path: '/owner', value: 'p3' }], 403],
    ['p1-admin', 'PATCH', '/v1/nodes/mine', [{ op: 'add', path: '/automated_clean', value: false }], 403],
    ['p1-member', 'PATCH', '/v1/nodes/mine', [{ op: 'add', path: '/deploy_interface', value: 'fake' }], 403],
    ['p1-manager', 'PATCH', '/v1/nodes/mine', [{ op: 'add', path: '/deploy_interface', value: 'fake' }], 200],
    [
      'p1-manager',
      'PATCH',
      '/v1/nodes/leased',
      [
        { op: 'add', path: '/extra/b', value: 1 },
        { op: 'add', path: '/lessee', value: 'p3' },
      ],
      403,
    ],
    ['p1-member', 'PUT', '/v1/nodes/leased/states/provision', { target: 'manage' }, 403],
    ['p1-member', 'PUT', '/v1/nodes/mine/maintenance', {}, 202],
    ['p1-member', 'PUT', '/v1/nodes/mine/traits/CUSTOM_A', undefined, 403],
    ['p1-manager', 'PUT', '/v1/nodes/mine/traits/CUSTOM_A', undefined, 204],
    ['p1-reader', 'GET', '/v1/nodes/leased/history', undefined, 403],
    ['p1-reader', 'GET', '/v1/nodes/mine/history', undefined, 200],
    ['p1-admin', 'GET', '/v1/drivers', undefined, 403],
    ['sys-reader', 'GET', '/v1/drivers', undefined, 200],
    ['sys-reader', 'DELETE', '/v1/nodes/mine', undefined, 403],
    ['p1-admin', 'DELETE', '/v1/nodes/leased', undefined, 403],
    ['p1-admin', 'GET', '/anneal/v1/networks', undefined, 403],
  ];
  for (const [token, method, path, body, status] of REQUESTS)
    it(`answers ${status} to ${method} ${path} ${body === undefined ? '' : JSON.stringify(body)} of ${token}`, async () => {
      const answer = await as(token, method, path, body);
      assert.equal(answer.status, status, answer.text);
    });

  it('adds ports to nodes that one owns, and doesn’t tell others’ from none', async () => {
    const add = (node_uuid: string | undefined) =>
      as('p1-manager', 'POST', '/v1/ports', { node_uuid, address: '52:54:00:00:01:00' });
    assert.equal((await add(uuids.get('other'))).status, 403);
    assert.equal((await add('8a6f4f4e-7f4a-4a1d-9b7c-111111111111')).status, 403);
    const made = await add(uuids.get('mine'));
    assert.equal(made.status, 201);
    assert.equal((await as('p1-member', 'DELETE', `/v1/ports/${made.body.uuid}`)).status, 403);
    assert.equal((await as('p1-manager', 'DELETE', `/v1/ports/${made.body.uuid}`)).status, 204);
  });

  it('names the rule that refuses', async () => {
    const answer = await as('p1-reader', 'PUT', '/v1/nodes/mine/states/power', { target: 'power on' });
    assert.equal(faultOf(answer), 'Access was denied to the following resource: baremetal:node:set_power_state');
  });

  it('redacts what a lessee may not see, in lists too', async () => {
    const listed = await as('p1-admin', 'GET', '/v1/nodes/detail?sort_key=name');
    const [leased, mine] = listed.body.nodes;
    assert.deepEqual(leased.driver_info, {
      content: '** Redacted - requires baremetal:node:get:driver_info permission. **',
    });
    assert.match(leased.reservation, /Redacted/);
    assert.match(leased.last_error, /Redacted/);
    assert.match(leased.driver_internal_info.content, /Redacted/);
    assert.deepEqual(mine.driver_info, { bmc: 'b0' });
    assert.equal(mine.last_error, null);
    const shown = await as('p1-admin', 'GET', '/v1/nodes/leased?fields=driver_info,name');
    assert.deepEqual(Object.keys(shown.body), ['driver_info', 'name', 'links']);
    assert.match(shown.body.driver_info.content, /Redacted/);
    const whole = await as('sys-reader', 'GET', '/v1/nodes/leased');
    assert.deepEqual(whole.body.driver_info, { bmc: 'b1' });
  });

  it('lets a project’s admin enrol and remove nodes of the project only', async () => {
    const body = { driver: 'fake-hardware', name: 'new' };
    assert.equal((await as('p1-manager', 'POST', '/v1/nodes', body)).status, 403);
    assert.equal((await as('p1-admin', 'POST', '/v1/nodes', { ...body, owner: 'p2' })).status, 400);
    const made = await as('p1-admin', 'POST', '/v1/nodes', body);
    assert.equal(made.status, 201);
    assert.equal(made.body.owner, 'p1');
    assert.equal((await as('p1-admin', 'DELETE', '/v1/nodes/new')).status, 204);
  });

  it('moves a port only to a node that is seen and has the same owner', async () => {
    for (const node_uuid of [uuids.get('other'), uuids.get('leased'), '8a6f4f4e-7f4a-4a1d-9b7c-111111111111']) {
      const patch = [{ op: 'replace', path: '/node_uuid', value: node_uuid }];
      const answer = await as('p1-admin', 'PATCH', '/v1/ports/mine-p', patch);
      assert.equal(answer.status, 400);
      assert.match(faultOf(answer), /Requested value was invalid/);
    }
  });

  it('gives a node in use to another owner only by the system’s admin', async () => {
    await tenants.api.database.pool.query(`update nodes set provision_state = 'active' where name = 'other'`);
    const patch = [{ op: 'replace', path: '/owner', value: 'p3' }];
    assert.equal((await as('sys-member', 'PATCH', '/v1/nodes/other', patch)).status, 409);
    assert.equal((await as('sys-admin', 'PATCH', '/v1/nodes/other', patch)).status, 200);
    assert.deepEqual(await names('p3-admin'), ['other']);
  });
});
