import assert from 'node:assert/strict';
import { openOpenstackSdk, options, type OpenstackSdk } from './support/openstacksdk.ts';
import { installClients } from './support/session.ts';
import { startTarget, type Target } from './support/target.ts';

type Fields = Record<string, unknown>;

const patience = options({ wait: true, timeout: 120 });

describe('openstacksdk 4.22.0', function () {
  this.timeout(300_000);
  let target: Target;
  let sdk: OpenstackSdk;
  before(async () => {
    installClients();
    target = await startTarget();
    sdk = openOpenstackSdk(target.url);
  });
  after(async () => {
    sdk?.close();
    await target?.close();
  });

  const create = (name: string, fields: Fields = {}) =>
    sdk.call('create_node', options({ driver: 'fake-hardware', name, ...target.nodeFields, ...fields }));
  const move = (node: unknown, verb: string, named: Fields = {}) =>
    sdk.call('set_node_provision_state', node, verb, options({ ...patience.named, ...named }));
  const names = (list: readonly Fields[]) => list.map(({ name }) => name);

  it('takes a node through its whole life', async () => {
    const made = await create('life', { resource_class: 'metal' });
    const { id } = made;
    assert.deepEqual([made['provision_state'], made['resource_class']], ['enroll', 'metal']);
    assert.equal((await move(id, 'manage'))['provision_state'], 'manageable');
    await move(id, 'inspect');
    assert.ok('inventory' in (await sdk.call('get_node_inventory', id)));
    assert.equal((await move(id, 'provide'))['provision_state'], 'available');
    const configDrive = { meta_data: { hostname: 'life' }, user_data: '#!/bin/sh' };
    assert.equal((await move(id, 'active', { config_drive: configDrive }))['provision_state'], 'active');
    assert.equal((await move(id, 'rebuild'))['provision_state'], 'active');
    assert.equal((await move(id, 'deleted'))['provision_state'], 'available');
    await move(id, 'manage');
    const steps = [{ interface: 'raid', step: 'delete_configuration' }];
    assert.equal((await move(id, 'clean', { clean_steps: steps }))['provision_state'], 'manageable');
    await sdk.call('delete_node', id, options({ ignore_missing: false }));
    assert.equal(await sdk.call('find_node', 'life'), null);
  });

  it('waits for several nodes at once', async () => {
    const ids = await Promise.all(['many-1', 'many-2', 'many-3'].map(async (name) => (await create(name))['id']));
    for (const id of ids) await sdk.call('set_node_provision_state', id, 'manage');
    const wait = options({ timeout: 60 });
    const arrived = await sdk.call<Fields[]>('wait_for_nodes_provision_state', ids, 'manageable', wait);
    assert.deepEqual(new Set(names(arrived)), new Set(['many-1', 'many-2', 'many-3']));
  });

  it('says what was wrong by the exceptions that users of Ironic know', async () => {
    await assert.rejects(sdk.call('get_node', 'nobody'), /NotFoundException: .*Node nobody could not be found/);
    await assert.rejects(create('bad', { driver: 'nope' }), /BadRequestException: .*driver nope/);
    const { id } = await create('wrong-state');
    await assert.rejects(move(id, 'active'), /BadRequestException: .*"active" can not be performed/);
    const port = options({ node_id: id, address: '52:54:00:0b:00:09' });
    await sdk.call('create_port', port);
    await assert.rejects(sdk.call('create_port', port), /ConflictException: .*already exists/);
  });

  it('lists, finds, updates and patches nodes', async () => {
    const { id } = await create('crud', { properties: { cpus: 4 }, driver_info: { fake_password: 'hush' } });
    assert.equal((await sdk.call('find_node', 'crud'))['id'], id);
    const shown = await sdk.call('get_node', 'crud');
    assert.deepEqual([shown['properties'], shown['driver_info']], [{ cpus: 4 }, { fake_password: '******' }]);
    const fields = await sdk.call('get_node', id, options({ fields: ['name', 'provision_state'] }));
    assert.deepEqual([fields['name'], fields['provision_state'], fields['properties']], ['crud', 'enroll', null]);
    const filter = options({ details: true, provision_state: 'enroll', limit: 1 });
    assert.ok(names(await sdk.call<Fields[]>('nodes', filter)).includes('crud'), 'pages of one node are followed');
    const updated = await sdk.call('update_node', id, options({ extra: { rack: 'r1' }, description: 'first' }));
    assert.deepEqual([updated['extra'], updated['description']], [{ rack: 'r1' }, 'first']);
    const patch = [{ op: 'replace', path: '/extra/rack', value: 'r2' }];
    assert.deepEqual((await sdk.call('patch_node', id, patch))['extra'], { rack: 'r2' });
  });

  it('validates, keeps maintenance and traits', async () => {
    const { id } = await create('small');
    assert.ok('power' in (await sdk.call('validate_node', id)));
    const kept = await sdk.call('set_node_maintenance', id, 'fans');
    assert.deepEqual([kept['is_maintenance'], kept['maintenance_reason']], [true, 'fans']);
    assert.equal((await sdk.call('unset_node_maintenance', id))['is_maintenance'], false);
    await sdk.call('set_node_traits', id, ['CUSTOM_A', 'CUSTOM_B']);
    await sdk.call('add_node_trait', id, 'CUSTOM_C');
    await sdk.call('remove_node_trait', id, 'CUSTOM_A');
    const { traits } = await sdk.call('get_node', id);
    assert.deepEqual(new Set(traits as string[]), new Set(['CUSTOM_B', 'CUSTOM_C']));
  });

  it('switches power and chooses the boot device', async () => {
    const { id } = await create('power');
    await move(id, 'manage');
    await sdk.call('set_node_power_state', id, 'power on', patience);
    assert.equal((await sdk.call('get_node', id))['power_state'], 'power on');
    await sdk.call('set_node_power_state', id, 'soft power off');
    const wait = options({ timeout: 60 });
    assert.equal((await sdk.call('wait_for_node_power_state', id, 'power off', wait))['power_state'], 'power off');
    await sdk.call('wait_for_node_reservation', id, wait);
    await sdk.call('set_node_boot_device', id, 'pxe', true);
    await sdk.call('wait_for_node_reservation', id, wait);
    assert.deepEqual(await sdk.call('get_node_boot_device', id), { boot_device: 'pxe', persistent: true });
    assert.match(JSON.stringify(await sdk.call('get_node_supported_boot_devices', id)), /pxe/);
    await sdk.call('inject_nmi_to_node', id);
  });

  it('keeps ports and VIFs', async () => {
    const { id } = await create('ported');
    const address = '52:54:00:0b:00:01';
    const port = await sdk.call('create_port', options({ node_id: id, address, physical_network: 'net' }));
    assert.deepEqual([port['address'], port['physical_network']], [address, 'net']);
    const [listed] = await sdk.call<Fields[]>('ports', options({ details: true, address }));
    assert.deepEqual([listed?.['id'], listed?.['node_id']], [port['id'], id]);
    assert.equal((await sdk.call('update_port', port['id'], options({ extra: { a: 'b' } })))['is_pxe_enabled'], true);
    const patch = [{ op: 'replace', path: '/pxe_enabled', value: false }];
    assert.equal((await sdk.call('patch_port', port['id'], patch))['is_pxe_enabled'], false);
    await sdk.call('attach_vif_to_node', id, 'vif-1');
    assert.deepEqual(await sdk.call('list_node_vifs', id), ['vif-1']);
    assert.equal(await sdk.call('detach_vif_from_node', id, 'vif-1'), true);
    await sdk.call('delete_port', port['id'], options({ ignore_missing: false }));
  });

  it('lists drivers and conductors', async () => {
    assert.ok(names(await sdk.call<Fields[]>('drivers', options({ details: true }))).includes('fake-hardware'));
    assert.equal((await sdk.call('get_driver', 'fake-hardware'))['default_power_interface'], 'fake');
    const [conductor] = await sdk.call<Fields[]>('conductors', options({ details: true }));
    assert.equal(conductor?.['alive'], true);
    assert.equal((await sdk.call('get_conductor', conductor?.['hostname']))['hostname'], conductor?.['hostname']);
  });

  it('registers, inspects and unregisters machines by the cloud layer, as the Ansible modules do', async () => {
    const nics = [{ address: '52:54:00:0b:00:02' }];
    const words = { driver: 'fake-hardware', name: 'machine', ...target.nodeFields, ...patience.named };
    const machine = await sdk.call('cloud.register_machine', nics, options(words));
    assert.equal(machine['provision_state'], 'available');
    assert.equal((await sdk.call('cloud.get_machine_by_mac', nics[0]?.address))['id'], machine['id']);
    assert.equal((await sdk.call('cloud.inspect_machine', 'machine', patience))['provision_state'], 'available');
    assert.equal((await sdk.call<Fields[]>('cloud.list_nics_for_machine', machine['id'])).length, 1);
    await sdk.call('cloud.node_set_provision_state', machine['id'], 'active', options({ wait: true, timeout: 60 }));
    await sdk.call('cloud.node_set_provision_state', machine['id'], 'deleted', options({ wait: true, timeout: 60 }));
    await sdk.call('cloud.unregister_machine', nics, machine['id']);
    assert.equal(await sdk.call('cloud.get_machine', 'machine'), null);
  });
});
