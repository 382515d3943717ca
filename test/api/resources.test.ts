import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

describe('API traits, VIFs, validation and boot devices', () => {
  let api: TestApi;
  let uuid: string;
  before(async () => {
    api = await startTestApi();
    uuid = (await api.request('POST', '/v1/nodes', { body: { driver: 'fake-hardware', name: 'n' } })).body.uuid;
  });
  after(() => api.close());

  it('sets, adds, lists and removes traits', async () => {
    assert.deepEqual((await api.request('GET', '/v1/nodes/n/traits')).body, { traits: [] });
    const set = await api.request('PUT', '/v1/nodes/n/traits', { body: { traits: ['CUSTOM_B', 'HW_CPU_X86_VMX'] } });
    assert.equal(set.status, 204);
    const add = await api.request('PUT', '/v1/nodes/n/traits/CUSTOM_A');
    assert.equal(add.status, 204);
    assert.equal(add.headers.get('Location'), `${api.url}/v1/nodes/n/traits/CUSTOM_A`);
    const listed = await api.request('GET', '/v1/nodes/n/traits');
    assert.deepEqual(listed.body, { traits: ['CUSTOM_A', 'CUSTOM_B', 'HW_CPU_X86_VMX'] });
    assert.deepEqual((await api.request('GET', '/v1/nodes/n')).body.traits, listed.body.traits);
    assert.equal((await api.request('DELETE', '/v1/nodes/n/traits/CUSTOM_A')).status, 204);
    const gone = await api.request('DELETE', '/v1/nodes/n/traits/CUSTOM_A');
    assert.equal(gone.status, 404);
    assert.match(faultOf(gone), /doesn't have a trait 'CUSTOM_A'/);
    const replaced = await api.request('PUT', '/v1/nodes/n/traits', { body: { traits: ['CUSTOM_C'] } });
    assert.equal(replaced.status, 204);
    assert.deepEqual((await api.request('GET', '/v1/nodes/n/traits')).body, { traits: ['CUSTOM_C'] });
    assert.equal((await api.request('DELETE', '/v1/nodes/n/traits')).status, 204);
    assert.deepEqual((await api.request('GET', '/v1/nodes/n/traits')).body, { traits: [] });
  });

  it('refuses what is no trait, more than 50 of them, and versions before 1.37', async () => {
    assert.equal((await api.request('PUT', '/v1/nodes/n/traits/bad')).status, 400);
    const many = Array.from({ length: 51 }, (_, index) => `CUSTOM_${index}`);
    assert.equal((await api.request('PUT', '/v1/nodes/n/traits', { body: { traits: many } })).status, 400);
    await api.request('PUT', '/v1/nodes/n/traits', { body: { traits: many.slice(0, 50) } });
    assert.equal((await api.request('PUT', '/v1/nodes/n/traits/CUSTOM_50')).status, 400);
    assert.equal((await api.request('PUT', '/v1/nodes/n/traits/CUSTOM_1')).status, 204);
    assert.equal((await api.request('GET', '/v1/nodes/n/traits', { version: '1.36' })).status, 404);
  });

  it('attaches VIFs to free ports and detaches them', async () => {
    const attach = (body: unknown) => api.request('POST', '/v1/nodes/n/vifs', { body });
    const none = await attach({ id: 'v1' });
    assert.equal(none.status, 400);
    assert.match(faultOf(none), /not enough free physical ports/);
    const port = { node_uuid: uuid, address: '52:54:00:00:00:01' };
    const portUuid = (await api.request('POST', '/v1/ports', { body: port })).body.uuid;
    await api.request('POST', '/v1/ports', { body: { ...port, address: '52:54:00:00:00:02' } });
    assert.equal((await attach({ id: 'v1', port_uuid: portUuid })).status, 204);
    const again = await attach({ id: 'v1' });
    assert.equal(again.status, 409);
    assert.equal((await attach({ id: 'v2' })).status, 204);
    assert.equal((await attach({ id: 'v3' })).status, 400);
    assert.equal((await attach({})).status, 400);
    assert.deepEqual((await api.request('GET', '/v1/nodes/n/vifs')).body, { vifs: [{ id: 'v1' }, { id: 'v2' }] });
    assert.equal((await api.request('DELETE', '/v1/nodes/n/vifs/v1')).status, 204);
    assert.equal((await api.request('DELETE', '/v1/nodes/n/vifs/v1')).status, 400);
  });

  it('takes only tenants’ networks for the VIFs of switched ports', async () => {
    const body = { driver: 'ipmi', name: 'switched', driver_info: { ipmi_address: '192.0.2.1' } };
    const node = (await api.request('POST', '/v1/nodes', { body })).body;
    assert.equal(node.network_interface, 'switch');
    await api.request('POST', '/v1/ports', { body: { node_uuid: node.uuid, address: '52:54:00:00:01:01' } });
    const attach = (id: string) => api.request('POST', '/v1/nodes/switched/vifs', { body: { id } });
    assert.match(faultOf(await attach('blue')), /no network of this name/);
    await api.request('POST', '/anneal/v1/networks', { body: { name: 'park', vlan: 4094, purpose: 'parked' } });
    assert.match(faultOf(await attach('park')), /a tenant can't have it/);
    const blue = await api.request('POST', '/anneal/v1/networks', { body: { name: 'blue', vlan: 200 } });
    assert.equal(blue.status, 201, blue.text);
    assert.equal((await attach('blue')).status, 204);
    const used = await api.request('DELETE', '/anneal/v1/networks/blue');
    assert.equal(used.status, 409);
    assert.match(faultOf(used), new RegExp(node.uuid));
  });

  it('validates what a node has and names what it lacks', async () => {
    const all = await api.request('GET', '/v1/nodes/n/validate');
    assert.deepEqual(all.body.power, { result: true });
    assert.equal(all.body.rescue.result, false);
    assert.deepEqual((await api.request('GET', '/v1/nodes/validate?node=n')).body, all.body);
    await api.request('POST', '/v1/nodes', { body: { driver: 'ipmi', name: 'bare' } });
    const bare = (await api.request('GET', '/v1/nodes/bare/validate')).body;
    assert.match(bare.power.reason, /driver_info: ipmi_address/);
    assert.match(bare.deploy.reason, /image_source/);
    assert.match(bare.boot.reason, /no port with pxe_enabled/);
  });

  it('shows boot devices without asking a BMC', async () => {
    const unknown = await api.request('GET', '/v1/nodes/n/management/boot_device');
    assert.deepEqual(unknown.body, { boot_device: null, persistent: null });
    const supported = await api.request('GET', '/v1/nodes/n/management/boot_device/supported');
    assert.deepEqual(supported.body, { supported_boot_devices: ['pxe', 'disk'] });
    const bad = await api.request('PUT', '/v1/nodes/n/management/boot_device', { body: { boot_device: 'zz' } });
    assert.equal(bad.status, 400);
    assert.match(faultOf(bad), /Invalid boot device zz specified/);
  });

  it('puts a node into maintenance and takes it out', async () => {
    assert.equal((await api.request('PUT', '/v1/nodes/n/maintenance', { body: { reason: 'fans' } })).status, 202);
    const on = (await api.request('GET', '/v1/nodes/n')).body;
    assert.deepEqual([on.maintenance, on.maintenance_reason], [true, 'fans']);
    assert.equal((await api.request('PUT', '/v1/nodes/n/maintenance')).status, 202);
    assert.equal((await api.request('GET', '/v1/nodes/n')).body.maintenance_reason, null);
    assert.equal((await api.request('DELETE', '/v1/nodes/n/maintenance')).status, 202);
    assert.equal((await api.request('GET', '/v1/nodes/n')).body.maintenance, false);
  });

  it('answers 404 for an inventory that was never taken', async () => {
    assert.equal((await api.request('GET', '/v1/nodes/n/inventory')).status, 404);
    assert.equal((await api.request('GET', '/v1/nodes/n/history/abc')).status, 404);
  });
});

describe('API drivers and conductors', () => {
  let api: TestApi;
  before(async () => (api = await startTestApi()));
  after(() => api.close());

  it('shows the hardware types of the living workers', async () => {
    const { drivers } = (await api.request('GET', '/v1/drivers')).body;
    assert.deepEqual(
      drivers.map((driver: { name: string; hosts: string[] }) => [driver.name, driver.hosts]),
      [
        ['fake-hardware', ['worker-1']],
        ['ipmi', ['worker-1']],
      ],
    );
    const one = (await api.request('GET', '/v1/drivers/ipmi')).body;
    assert.equal(one.default_power_interface, 'ipmitool');
    assert.deepEqual(one.enabled_network_interfaces, ['switch', 'noop']);
    assert.deepEqual(one.enabled_rescue_interfaces, ['no-rescue']);
    assert.match((await api.request('GET', '/v1/drivers/ipmi/properties')).body.ipmi_address, /Required/);
    assert.equal((await api.request('GET', '/v1/drivers/none')).status, 404);
    const withoutRaid = await api.request('GET', '/v1/drivers/ipmi/raid/logical_disk_properties');
    assert.equal(withoutRaid.status, 404, withoutRaid.text);
    assert.equal((await api.request('GET', '/v1/drivers?detail=true', { version: '1.29' })).status, 406);
    assert.equal('type' in (await api.request('GET', '/v1/drivers/ipmi', { version: '1.29' })).body, false);
    assert.deepEqual((await api.request('GET', '/v1/drivers?type=classic')).body, { drivers: [] });
  });

  it('shows workers as conductors and says which live', async () => {
    const list = (await api.request('GET', '/v1/conductors')).body.conductors;
    assert.deepEqual(Object.keys(list[0]), ['hostname', 'conductor_group', 'links', 'alive']);
    const one = (await api.request('GET', '/v1/conductors/worker-1')).body;
    assert.equal(one.alive, true);
    assert.deepEqual(one.drivers, ['fake-hardware', 'ipmi']);
    await api.database.pool.query(`update workers set seen_at = now() - interval '2 minutes'`);
    assert.equal((await api.request('GET', '/v1/conductors/worker-1')).body.alive, false);
    assert.deepEqual((await api.request('GET', '/v1/drivers')).body, { drivers: [] });
    assert.equal((await api.request('GET', '/v1/conductors/none')).status, 404);
    assert.equal((await api.request('GET', '/v1/conductors', { version: '1.48' })).status, 404);
  });
});
