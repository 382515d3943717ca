import assert from 'node:assert/strict';
import { startTestApi, type TestApi } from '../support/api.ts';

describe('API shards and events', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  it('counts the nodes of each shard, the largest first', async () => {
    assert.deepEqual((await api.request('GET', '/v1/shards')).body, { shards: [] });
    for (const shard of ['a', 'b', 'b', null]) {
      await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', shard } });
    }
    const { shards } = (await api.request('GET', '/v1/shards')).body;
    assert.deepEqual(shards, [
      { name: 'b', count: 2 },
      { name: 'a', count: 1 },
      { name: 'None', count: 1 },
    ]);
    assert.equal((await api.request('GET', '/v1/shards', { version: '1.81' })).status, 404);
    assert.equal((await api.request('GET', '/v1/shards/a')).status, 404);
  });

  const EVENT = {
    event: 'network.bind_port',
    port_id: '11111111-aaaa-4bbb-8bbb-555555555555',
    mac_address: 'de:ad:ca:fe:ba:be',
    status: 'ACTIVE',
  };
  const post = (events: unknown, version = '1.115') => api.request('POST', '/v1/events', { body: { events }, version });

  it('takes the events that Neutron sends', async () => {
    const full = {
      ...EVENT,
      device_id: EVENT.port_id,
      'binding:host_id': EVENT.port_id,
      'binding:vnic_type': 'baremetal',
    };
    assert.equal((await post([EVENT, full])).status, 204);
  });

  it('refuses events of another kind, none, and versions before 1.54', async () => {
    assert.equal((await post([{ ...EVENT, event: 'network.paint_port' }])).status, 400);
    assert.equal((await post([{ ...EVENT, mac_address: 'x' }])).status, 400);
    assert.equal((await post([{ ...EVENT, colour: 'red' }])).status, 400);
    assert.equal((await post([])).status, 400);
    assert.equal((await post([EVENT], '1.53')).status, 404);
  });
});
