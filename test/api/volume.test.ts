import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

describe('API volume connectors and targets', () => {
  let api: TestApi;
  let nodeUuid: string;
  before(async () => {
    api = await startTestApi();
    const node = await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', name: 'host' } });
    nodeUuid = node.body.uuid;
  });
  after(() => api.close());

  const SUBJECTS = [
    {
      collection: 'connectors',
      title: 'Volume connector',
      body: { type: 'iqn', connector_id: 'iqn.2017-07.org.example:1' },
      change: ['/connector_id', 'iqn.2017-07.org.example:2'],
      list: ['uuid', 'connector_id', 'type', 'node_uuid', 'links'],
      required: 'connector_id',
    },
    {
      collection: 'targets',
      title: 'Volume target',
      body: { volume_type: 'iscsi', volume_id: 'v-1', boot_index: 0, properties: { target_lun: 1 } },
      change: ['/boot_index', 3],
      list: ['uuid', 'boot_index', 'volume_id', 'volume_type', 'node_uuid', 'links'],
      required: 'volume_id',
    },
  ] as const;

  for (const { collection, title, body, change, list, required } of SUBJECTS) {
    const path = `/v1/volume/${collection}`;
    const create = (fields: object = {}) =>
      api.request('POST', path, { body: { node_uuid: nodeUuid, ...body, ...fields } });

    it(`creates, shows, lists, patches and deletes one of the ${collection}`, async () => {
      const made = await create();
      assert.equal(made.status, 201, made.text);
      const { uuid } = made.body;
      assert.equal(made.headers.get('Location'), `${api.url}${path}/${uuid}`);
      assert.equal(made.body.node_uuid, nodeUuid);
      assert.deepEqual((await api.request('GET', `${path}/${uuid}`)).body, made.body);
      const [listed] = (await api.request('GET', path)).body[collection];
      assert.deepEqual(Object.keys(listed), list);
      for (const where of [
        `${path}?detail=true`,
        `${path}?node=host&detail=1`,
        `/v1/nodes/host/volume/${collection}?detail=1`,
      ]) {
        assert.deepEqual((await api.request('GET', where)).body[collection], [made.body], where);
      }
      const [field, value] = change;
      const patch = { body: [{ op: 'replace', path: field, value }] };
      const refused = await api.request('PATCH', `${path}/${uuid}`, patch);
      assert.equal(refused.status, 400);
      assert.match(faultOf(refused), /can not be performed on node .* while it is in state/);
      await api.database.pool.query(`update nodes set power_state = 'power off'`);
      const changed = await api.request('PATCH', `${path}/${uuid}`, patch);
      assert.equal(changed.body[field.slice(1)], value);
      await api.database.pool.query(`update nodes set power_state = 'power on', provision_state = 'active'`);
      assert.equal((await api.request('DELETE', `${path}/${uuid}`)).status, 400);
      await api.database.pool.query(`update nodes set power_state = 'power off'`);
      assert.equal((await api.request('DELETE', `${path}/${uuid}`)).status, 204);
      assert.equal(faultOf(await api.request('GET', `${path}/${uuid}`)), `${title} ${uuid} could not be found.`);
      await api.database.pool.query(`update nodes set power_state = null, provision_state = 'enroll'`);
    });

    it(`refuses what is wrong with one of the ${collection}`, async () => {
      const lacking = await create({ [required]: undefined });
      assert.equal(lacking.status, 400);
      assert.match(faultOf(lacking), new RegExp(`'${required}' is a required property`));
      assert.equal((await create({ node_uuid: '8a6f4f4e-7f4a-4a1d-9b7c-111111111111' })).status, 400);
      assert.equal((await create()).status, 201);
      assert.equal((await create()).status, 409);
      assert.equal((await api.request('GET', path, { version: '1.31' })).status, 404);
    });
  }

  it('masks the secrets of a target and keeps them when the mask comes back', async () => {
    const properties = { target_iqn: 'iqn.x', auth_username: 'u', auth_password: 'chap-secret' };
    const body = { node_uuid: nodeUuid, volume_type: 'iscsi', volume_id: 'v-9', boot_index: 9, properties };
    const made = await api.request('POST', '/v1/volume/targets', { body });
    assert.equal(made.text.includes('chap-secret'), false);
    assert.equal(made.body.properties.auth_password, '******');
    await api.database.pool.query(`update nodes set power_state = 'power off'`);
    const patch = [{ op: 'replace', path: '/properties', value: { ...made.body.properties, target_lun: 4 } }];
    await api.request('PATCH', `/v1/volume/targets/${made.body.uuid}`, { body: patch });
    const { rows } = await api.database.pool.query('select properties from volume_targets where boot_index = 9');
    assert.deepEqual(rows[0].properties, { ...properties, target_lun: 4 });
  });

  it('shows where connectors and targets are', async () => {
    const root = await api.request('GET', '/v1/volume');
    assert.equal(root.body.connectors[0].href, `${api.url}/v1/volume/connectors`);
    const ofNode = await api.request('GET', '/v1/nodes/host/volume');
    assert.equal(ofNode.body.targets[1].href, `${api.url}/nodes/host/volume/targets`);
    assert.equal((await api.request('GET', '/v1/nodes/nobody/volume')).status, 404);
  });
});
