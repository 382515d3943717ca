import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

const driver = 'fake-hardware';

describe('API portgroups', () => {
  let api: TestApi;
  let nodeUuid: string;
  let otherUuid: string;
  before(async () => {
    api = await startTestApi();
    const node = async (name: string) =>
      (await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', name, shard: name } })).body.uuid;
    nodeUuid = await node('host');
    otherUuid = await node('other');
  });
  after(() => api.close());

  const create = (body: object = {}, version?: string) =>
    api.request('POST', '/v1/portgroups', { body: { node_uuid: nodeUuid, ...body }, ...(version && { version }) });
  const patch = (uuid: string, path: string, value: unknown) =>
    api.request('PATCH', `/v1/portgroups/${uuid}`, { body: [{ op: 'replace', path, value }] });

  it('creates, shows, lists, patches and deletes a portgroup', async () => {
    const made = await create({ name: 'bond0', address: '52:54:00:AA:00:01', properties: { miimon: 100 } });
    assert.equal(made.status, 201, made.text);
    const { uuid } = made.body;
    assert.equal(made.headers.get('Location'), `${api.url}/v1/portgroups/${uuid}`);
    const { created_at, links, ports, ...rest } = made.body;
    assert.ok(created_at);
    assert.equal(links[0].href, `${api.url}/v1/portgroups/${uuid}`);
    assert.equal(ports[0].href, `${api.url}/v1/portgroups/${uuid}/ports`);
    assert.deepEqual(rest, {
      uuid,
      updated_at: null,
      address: '52:54:00:aa:00:01',
      extra: {},
      internal_info: {},
      mode: 'active-backup',
      name: 'bond0',
      properties: { miimon: 100 },
      standalone_ports_supported: true,
      node_uuid: nodeUuid,
      physical_network: null,
      category: null,
      dynamic_portgroup: false,
    });
    assert.deepEqual((await api.request('GET', '/v1/portgroups/bond0')).body, made.body);
    const [listed] = (await api.request('GET', '/v1/portgroups')).body.portgroups;
    assert.deepEqual(Object.keys(listed), ['uuid', 'address', 'name', 'links']);
    for (const path of [
      '/v1/portgroups/detail',
      '/v1/nodes/host/portgroups/detail',
      '/v1/nodes/host/portgroups?detail=1',
      '/v1/portgroups?node=host&detail=true',
      '/v1/portgroups/detail?address=52:54:00:aa:00:01',
      '/v1/portgroups/detail?shard=host,none',
    ]) {
      assert.deepEqual((await api.request('GET', path)).body.portgroups, [made.body], path);
    }
    assert.deepEqual((await api.request('GET', '/v1/nodes/other/portgroups')).body.portgroups, []);
    assert.equal((await patch(uuid, '/mode', '802.3ad')).body.mode, '802.3ad');
    assert.equal((await patch(uuid, '/standalone_ports_supported', 'False')).body.standalone_ports_supported, false);
    assert.equal((await api.request('DELETE', '/v1/portgroups/bond0')).status, 204);
    const gone = await api.request('GET', '/v1/portgroups/bond0');
    assert.equal(faultOf(gone), 'Portgroup bond0 could not be found.');
  });

  it('shows each field from its version on', async () => {
    await create({ name: 'bond1' });
    const fieldsAt = async (version: string) =>
      Object.keys((await api.request('GET', '/v1/portgroups/bond1', { version })).body);
    assert.equal((await fieldsAt('1.25')).includes('mode'), false);
    assert.equal((await fieldsAt('1.26')).includes('mode'), true);
    assert.equal((await fieldsAt('1.101')).includes('physical_network'), false);
    assert.equal((await fieldsAt('1.102')).includes('physical_network'), true);
    assert.equal((await fieldsAt('1.102')).includes('category'), false);
    assert.equal((await fieldsAt('1.103')).includes('category'), true);
    assert.equal((await fieldsAt('1.110')).includes('dynamic_portgroup'), false);
    const at = (version: string, path: string) => api.request('GET', path, { version });
    assert.equal((await at('1.22', '/v1/portgroups')).status, 404);
    assert.equal((await at('1.23', '/v1/nodes/host/portgroups')).status, 404);
    assert.equal((await at('1.25', '/v1/portgroups?fields=mode')).status, 406);
    assert.equal((await at('1.105', '/v1/portgroups?shard=host')).status, 406);
    assert.equal((await create({ mode: 'balance-rr' }, '1.25')).status, 406);
  });

  const BAD: [string, Record<string, unknown>, number, RegExp][] = [
    ['of an unknown node', { node_uuid: '8a6f4f4e-7f4a-4a1d-9b7c-111111111111' }, 400, /could not be found/],
    ['with a bad name', { name: 'a b' }, 400, /invalid name/],
    ['with a bad address', { address: 'zz' }, 400, /Expected valid MAC address/],
    ['with an unknown field', { bogus: 1 }, 400, /'bogus' was unexpected/],
  ];
  for (const [what, fields, status, message] of BAD) {
    it(`refuses a portgroup ${what}`, async () => {
      const answer = await create(fields);
      assert.equal(answer.status, status, answer.text);
      assert.match(faultOf(answer), message);
    });
  }

  it('refuses names and addresses that are taken, and filters that exclude each other', async () => {
    const first = { name: 'bond2', address: '52:54:00:aa:00:02' };
    assert.equal((await create(first)).status, 201);
    const again = await create({ ...first, address: '52:54:00:aa:00:03' });
    assert.equal(again.status, 409);
    assert.equal(faultOf(again), 'A portgroup with name bond2 already exists.');
    assert.equal((await create({ ...first, name: 'bond3' })).status, 409);
    assert.equal((await api.request('GET', '/v1/portgroups?node=host&shard=a')).status, 400);
  });

  describe('with ports', () => {
    const member = (body: object, version = '1.115') =>
      api.request('POST', '/v1/ports', { body: { node_uuid: nodeUuid, ...body }, version });
    let last = 0;
    const address = () => `52:54:00:bb:00:${String((last += 1)).padStart(2, '0')}`;
    const refused = async (answer: ReturnType<typeof member>, status: number, message: RegExp) => {
      const { status: got, ...rest } = await answer;
      assert.equal(got, status, rest.text);
      assert.match(faultOf({ status: got, ...rest }), message);
    };

    it('shows and lists them', async () => {
      const group = (await create({ name: 'group1' })).body.uuid;
      const port = (await member({ address: address(), portgroup_uuid: group })).body;
      assert.equal(port.portgroup_uuid, group);
      for (const path of [`/v1/portgroups/group1/ports/detail`, `/v1/portgroups/${group}/ports?detail=1`]) {
        assert.deepEqual((await api.request('GET', path)).body.ports, [port], path);
      }
      assert.deepEqual((await api.request('GET', '/v1/ports/detail?portgroup=group1')).body.ports, [port]);
      assert.equal((await api.request('GET', '/v1/portgroups/nobody/ports')).status, 404);
      assert.equal((await api.request('GET', '/v1/ports?portgroup=group1&node=host')).status, 403);
      const old = await api.request('GET', `/v1/ports/${port.uuid}`, { version: '1.23' });
      assert.equal('portgroup_uuid' in old.body, false);
      assert.equal((await api.request('GET', '/v1/portgroups/group1/ports', { version: '1.23' })).status, 404);
      const gone = await api.request('DELETE', '/v1/portgroups/group1');
      assert.match(faultOf(gone), /contains ports/);
      const out = [{ op: 'remove', path: '/portgroup_uuid' }];
      assert.equal((await api.request('PATCH', `/v1/ports/${port.uuid}`, { body: out })).body.portgroup_uuid, null);
      assert.equal((await api.request('DELETE', '/v1/portgroups/group1')).status, 204);
    });

    it('keeps them on one physical network: the first brings its own, all follow the group', async () => {
      const group = (await create({ name: 'group2' })).body.uuid;
      const first = (await member({ address: address(), portgroup_uuid: group, physical_network: 'blue' })).body;
      assert.equal((await api.request('GET', '/v1/portgroups/group2')).body.physical_network, 'blue');
      const other = { address: address(), portgroup_uuid: group };
      await refused(member({ ...other, physical_network: 'red' }), 409, /physical network red cannot become a member/);
      await refused(member(other), 409, /physical network None cannot become a member/);
      assert.equal((await patch(group, '/physical_network', 'green')).status, 200);
      assert.equal((await api.request('GET', `/v1/ports/${first.uuid}`)).body.physical_network, 'green');
      const move = { body: [{ op: 'replace', path: '/physical_network', value: 'red' }] };
      await refused(api.request('PATCH', `/v1/ports/${first.uuid}`, move), 400, /cannot be changed while the port/);
    });

    it('take nothing from a port that was refused', async () => {
      const group = (await create({ name: 'group4' })).body.uuid;
      const taken = { address: address() };
      assert.equal((await member(taken)).status, 201);
      await refused(member({ ...taken, portgroup_uuid: group, physical_network: 'blue' }), 409, /already exists/);
      assert.equal((await api.request('GET', '/v1/portgroups/group4')).body.physical_network, null);
    });

    it('refuses those that can’t belong to it', async () => {
      const group = (await create({ name: 'group3', standalone_ports_supported: false })).body.uuid;
      const base = { address: address(), portgroup_uuid: group };
      await refused(member({ ...base, node_uuid: otherUuid }), 400, /portgroup belonging to a different node/);
      await refused(member({ ...base, pxe_enabled: true }), 409, /doesn't support standalone ports/);
      const nowhere = { ...base, portgroup_uuid: '8a6f4f4e-7f4a-4a1d-9b7c-111111111111' };
      await refused(member(nowhere), 400, /Portgroup 8a6f.* could not be found/);
      await refused(member(base, '1.23'), 406, /./);
    });

    it('and are used by themselves only where it says so; network noop looks at neither', async () => {
      const replace = (path: string, value: unknown) => ({ body: [{ op: 'replace', path, value }] });
      const boot = replace('/pxe_enabled', true);
      for (const network of ['noop', 'fake']) {
        const node = (await api.request('POST', '/v1/nodes', { body: { driver, network_interface: network } })).body
          .uuid;
        const isLookedAt = network !== 'noop';
        const group = (await create({ node_uuid: node, standalone_ports_supported: false })).body.uuid;
        const path = `/v1/ports/${(await member({ node_uuid: node, address: address(), pxe_enabled: false })).body.uuid}`;
        const join = replace('/portgroup_uuid', group);
        assert.equal((await api.request('PATCH', path, join)).status, 200);
        const booting = await api.request('PATCH', path, boot);
        assert.equal(booting.status, isLookedAt ? 409 : 200, booting.text);
        if (isLookedAt)
          assert.match(faultOf(booting), /doesn't support standalone ports.*'pxe_enabled' was set to True$/);
        assert.equal(
          (await api.request('PATCH', path, { body: [{ op: 'remove', path: '/portgroup_uuid' }] })).status,
          200,
        );
        assert.equal((await api.request('PATCH', path, boot)).status, 200);
        assert.equal((await api.request('PATCH', path, join)).status, isLookedAt ? 409 : 200);
        assert.equal((await patch(group, '/standalone_ports_supported', true)).status, 200);
        assert.equal((await api.request('PATCH', path, join)).status, 200);
        const strict = await patch(group, '/standalone_ports_supported', false);
        assert.equal(strict.status, isLookedAt ? 409 : 200, strict.text);
        if (isLookedAt) assert.match(faultOf(strict), /contains port with 'pxe_enabled' is set to True$/);
      }
    });

    it('and may have VIFs of their own only where it says so', async () => {
      const node = (await api.request('POST', '/v1/nodes', { body: { driver, network_interface: 'fake' } })).body.uuid;
      const group = (await create({ node_uuid: node })).body.uuid;
      const port = { node_uuid: node, address: address(), pxe_enabled: false, portgroup_uuid: group };
      const { uuid } = (await member(port)).body;
      await api.database.pool.query('insert into vif_attachments (node_uuid, vif_id, port_uuid) values ($1, $2, $3)', [
        node,
        'red',
        uuid,
      ]);
      const strict = await patch(group, '/standalone_ports_supported', false);
      assert.equal(strict.status, 409, strict.text);
      assert.match(faultOf(strict), /contains port with VIF red is attached to this port$/);
      await api.database.pool.query('update portgroups set standalone_ports_supported = false where uuid = $1', [
        group,
      ]);
      const renamed = { body: [{ op: 'add', path: '/name', value: 'eth7' }] };
      await refused(api.request('PATCH', `/v1/ports/${uuid}`, renamed), 409, /VIF red is attached to the port$/);
    });
  });

  it('keeps its mode and moves to another node', async () => {
    const { uuid } = (await create()).body;
    const refused = await api.request('PATCH', `/v1/portgroups/${uuid}`, { body: [{ op: 'remove', path: '/mode' }] });
    assert.equal(refused.status, 400);
    assert.match(faultOf(refused), /'mode' is a mandatory attribute/);
    assert.equal((await patch(uuid, '/node_uuid', otherUuid)).body.node_uuid, otherUuid);
  });
});
