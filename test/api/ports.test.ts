import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';
import { untilBlocked } from '../support/postgres.ts';

describe('API ports', () => {
  let api: TestApi;
  let nodeUuid: string;
  before(async () => {
    api = await startTestApi();
    nodeUuid = (await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', name: 'host' } })).body.uuid;
  });
  after(() => api.close());

  it('creates, shows, lists, patches and deletes a port', async () => {
    const body = {
      node_uuid: nodeUuid,
      address: '52:54:00:AA:BB:01',
      name: 'eth0',
      local_link_connection: { switch_id: '0a:1b:2c:3d:4e:5f', port_id: 'p1', switch_info: 'lab-switch' },
    };
    const made = await api.request('POST', '/v1/ports', { body });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers.get('Location'), `${api.url}/v1/ports/${made.body.uuid}`);
    assert.equal(made.body.address, '52:54:00:aa:bb:01');
    assert.equal(made.body.pxe_enabled, true);
    assert.equal(made.body.node_uuid, nodeUuid);
    assert.deepEqual((await api.request('GET', '/v1/ports/eth0')).body, made.body);
    const list = await api.request('GET', '/v1/ports?address=52:54:00:aa:bb:01');
    assert.deepEqual(Object.keys(list.body.ports[0]), ['uuid', 'address', 'links']);
    for (const path of ['/v1/nodes/host/ports/detail', '/v1/ports/detail?node=host', '/v1/ports?node=host&detail=1']) {
      assert.deepEqual((await api.request('GET', path)).body.ports, [made.body], path);
    }
    const patch = [
      { op: 'replace', path: '/address', value: '52:54:00:aa:bb:09' },
      { op: 'add', path: '/local_link_connection/port_id', value: 'p2' },
      // OpenStack's client sends words.
      { op: 'replace', path: '/pxe_enabled', value: 'False' },
    ];
    const changed = await api.request('PATCH', `/v1/ports/${made.body.uuid}`, { body: patch });
    assert.equal(changed.body.address, '52:54:00:aa:bb:09');
    assert.equal(changed.body.pxe_enabled, false);
    assert.equal(changed.body.local_link_connection.port_id, 'p2');
    assert.equal((await api.request('DELETE', `/v1/ports/${made.body.uuid}`)).status, 204);
    assert.equal((await api.request('GET', `/v1/ports/${made.body.uuid}`)).status, 404);
  });

  it('lets a port in use be replugged and renamed in maintenance only', async () => {
    const { uuid } = (await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware' } })).body;
    const body = { node_uuid: uuid, address: '52:54:00:aa:cc:01' };
    const path = `/v1/ports/${(await api.request('POST', '/v1/ports', { body })).body.uuid}`;
    const set = (name: string, value: unknown) =>
      api.request('PATCH', path, { body: [{ op: 'add', path: `/${name}`, value }] });
    const nodeIs = (change: string) => api.database.pool.query(`update nodes set ${change} where uuid = $1`, [uuid]);
    await nodeIs(`provision_state = 'available'`);
    const link = { switch_id: '0a:1b:2c:3d:4e:5f', port_id: 'p1' };
    for (const [name, value] of [
      ['pxe_enabled', false],
      ['physical_network', 'blue'],
      ['local_link_connection', link],
    ] as const) {
      const refused = await set(name, value);
      assert.equal(refused.status, 409, `${name}: ${refused.text}`);
      assert.match(faultOf(refused), /can not have any connectivity attributes.*The current state is available/);
    }
    assert.equal((await set('pxe_enabled', true)).status, 200, 'what stays as it is may be sent');
    assert.equal((await set('extra', { a: 1 })).status, 200);
    assert.equal((await set('address', '52:54:00:aa:cc:02')).status, 200);
    await nodeIs(`provision_state = 'active'`);
    assert.match(faultOf(await set('address', '52:54:00:aa:cc:03')), /Cannot update hardware address for port/);
    await nodeIs('maintenance = true');
    assert.equal((await set('address', '52:54:00:aa:cc:03')).status, 200);
    assert.equal((await set('local_link_connection', link)).status, 200);
  });

  it('refuses a list of a portgroup without a name', async () => {
    const answer = await api.request('GET', '/v1/ports?portgroup=');
    assert.equal(answer.status, 404, answer.text);
  });

  const BAD: [string, Record<string, unknown>, number, RegExp][] = [
    ['without a node', { address: '52:54:00:00:00:01' }, 400, /'node_uuid' is a required property/],
    ['of an unknown node', { node_uuid: '8a6f4f4e-7f4a-4a1d-9b7c-111111111111' }, 400, /could not be found/],
    ['with a bad address', { address: 'zz' }, 400, /Expected valid MAC address/],
    ['with an unknown field', { bogus: 1 }, 400, /'bogus' was unexpected/],
    ['with a wrong boolean', { pxe_enabled: 'perhaps' }, 400, /pxe_enabled: expected a boolean/],
    ['with an unknown link field', { local_link_connection: { x: 1 } }, 400, /in local_link_connection \('x'/],
    ['with a bad switch id', { local_link_connection: { switch_id: 'zz', port_id: '1' } }, 400, /OpenFlow datapath ID/],
  ];
  for (const [what, fields, status, message] of BAD) {
    it(`refuses a port ${what}`, async () => {
      const base = what === 'without a node' ? {} : { node_uuid: nodeUuid, address: '52:54:00:00:00:02' };
      const answer = await api.request('POST', '/v1/ports', { body: { ...base, ...fields } });
      assert.equal(answer.status, status, answer.text);
      assert.match(faultOf(answer), message);
    });
  }

  it('refuses a second port of the same address', async () => {
    const body = { node_uuid: nodeUuid, address: '52:54:00:00:00:77' };
    assert.equal((await api.request('POST', '/v1/ports', { body })).status, 201);
    const again = await api.request('POST', '/v1/ports', { body: { node_ident: 'host', address: body.address } });
    assert.equal(again.status, 409);
    assert.match(faultOf(again), /MAC address 52:54:00:00:00:77 already exists/);
  });

  it('keeps both of two changes that come at the same time', async () => {
    const { pool } = api.database;
    const body = { node_uuid: nodeUuid, address: '52:54:00:00:00:78' };
    const { uuid } = (await api.request('POST', '/v1/ports', { body })).body;
    const holder = await pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select from ports where uuid = $1 for update', [uuid]);
      const changes = Object.entries({ '/name': 'eth7', '/description': 'uplink' }).map(([path, value]) =>
        api.request('PATCH', `/v1/ports/${uuid}`, { body: [{ op: 'add', path, value }] }),
      );
      await untilBlocked(pool, 2);
      await holder.query('commit');
      for (const { status, text } of await Promise.all(changes)) assert.equal(status, 200, text);
    } finally {
      holder.release();
    }
    const { name, description } = (await api.request('GET', `/v1/ports/${uuid}`)).body;
    assert.deepEqual([name, description], ['eth7', 'uplink']);
  });

  it('shows each field from its version on', async () => {
    const old = await api.request('GET', '/v1/ports/detail', { version: '1.17' });
    assert.equal('internal_info' in old.body.ports[0], false);
    assert.equal('pxe_enabled' in old.body.ports[0], false);
  });
});
