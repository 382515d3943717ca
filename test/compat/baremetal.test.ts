import assert from 'node:assert/strict';
import { startStack, type Stack } from '../support/stack.ts';
import { openBaremetal, type Baremetal } from './support/baremetal.ts';
import { withFile } from './support/file.ts';
import { installClients } from './support/session.ts';

const WAIT = ['--wait', '120'];

describe('the baremetal command (python-ironicclient 6.3.0)', function () {
  this.timeout(300_000);
  let stack: Stack;
  let baremetal: Baremetal;
  before(async () => {
    installClients();
    stack = await startStack();
    baremetal = openBaremetal(stack.url);
  });
  after(async () => {
    baremetal?.close();
    await stack?.close();
  });

  const create = (name: string, ...words: string[]) =>
    baremetal.json<{ uuid: string; provision_state: string }>(
      'node',
      'create',
      '--driver',
      'fake-hardware',
      '--name',
      name,
      '--conductor-group',
      stack.site,
      ...words,
    );
  const show = (name: string) => baremetal.json('node', 'show', name);

  it('creates, shows, lists, sets, unsets and deletes nodes', async () => {
    const words = ['--property', 'cpus=4', '--driver-info', 'ipmi_password=hush', '--resource-class', 'metal'];
    const made = await create('crud', ...words, '--extra', 'rack=r1', '--owner', 'me', '--description', 'first');
    assert.equal(made.provision_state, 'enroll');
    const shown = await show('crud');
    assert.equal(shown['uuid'], made.uuid);
    assert.deepEqual(shown['driver_info'], { ipmi_password: '******' });
    assert.deepEqual(shown['properties'], { cpus: 4 });
    const list = await baremetal.json<Record<string, unknown>[]>('node', 'list');
    assert.deepEqual(Object.keys(list[0] ?? {}), [
      'uuid',
      'name',
      'instance_uuid',
      'power_state',
      'provision_state',
      'maintenance',
    ]);
    const long = await baremetal.json<Record<string, unknown>[]>('node', 'list', '--long', '--resource-class', 'metal');
    assert.equal(long.length, 1);
    const few = await baremetal.json('node', 'list', '--fields', 'name', 'owner', '--provision-state', 'enroll');
    assert.deepEqual(few, [{ name: 'crud', owner: 'me' }]);
    await baremetal.run('node', 'set', 'crud', '--property', 'memory_mb=1024', '--name', 'crud2', '--lessee', 'you');
    await baremetal.run('node', 'unset', 'crud2', '--property', 'cpus', '--owner', '--description', '--extra', 'rack');
    const changed = await show('crud2');
    assert.deepEqual(changed['properties'], { memory_mb: 1024 });
    assert.deepEqual([changed['owner'], changed['lessee'], changed['description']], [null, 'you', null]);
    await baremetal.run('node', 'delete', 'crud2');
    const gone = await baremetal.attempt('node', 'show', 'crud2');
    assert.notEqual(gone.code, 0);
    assert.match(gone.err, /Node crud2 could not be found/);
  });

  it('tells the user why something is refused', async () => {
    const driver = await baremetal.attempt('node', 'create', '--driver', 'nope');
    assert.notEqual(driver.code, 0);
    assert.match(driver.err, /No conductor service registered which supports driver nope/);
    await create('refused');
    const active = await baremetal.attempt('node', 'deploy', 'refused');
    assert.match(active.err, /"active" can not be performed .* while it is in state "enroll"/);
  });

  it('deploys with a config drive made of a JSON file', async () => {
    await create('drive');
    await baremetal.run('node', 'manage', 'drive', ...WAIT);
    await baremetal.run('node', 'provide', 'drive', ...WAIT);
    const drive = JSON.stringify({ meta_data: { hostname: 'h' }, user_data: '#!/bin/sh' });
    await withFile(drive, (file) => baremetal.run('node', 'deploy', 'drive', '--config-drive', file, ...WAIT));
    await baremetal.run('node', 'undeploy', 'drive', ...WAIT);
  });

  it('aborts a cleaning', async () => {
    await create('abort', '--driver-info', 'fake_clean_delay_s=60');
    await baremetal.run('node', 'manage', 'abort', ...WAIT);
    await baremetal.run('node', 'provide', 'abort');
    await baremetal.run('node', 'abort', 'abort');
    const node = await stack.awaitState('abort', 'clean failed');
    assert.match(node.last_error, /aborted on request/);
  });

  it('powers off softly, and keeps a boot device', async () => {
    await create('power');
    await baremetal.run('node', 'manage', 'power', ...WAIT);
    await baremetal.run('node', 'power', 'on', 'power');
    await stack.awaitState('power', 'manageable');
    await baremetal.run('node', 'power', 'off', 'power', '--soft', '--power-timeout', '30');
    await stack.awaitState('power', 'manageable');
    assert.equal((await show('power'))['power_state'], 'power off');
    await baremetal.run('node', 'boot', 'device', 'set', 'power', 'pxe', '--persistent');
    const device = await baremetal.json('node', 'boot', 'device', 'show', 'power');
    assert.deepEqual(device, { boot_device: 'pxe', persistent: true });
    const supported = await baremetal.json('node', 'boot', 'device', 'show', 'power', '--supported');
    assert.match(JSON.stringify(supported), /pxe/);
  });

  it('creates, lists, shows, sets, unsets and deletes ports, and attaches VIFs', async () => {
    const { uuid } = await create('ported');
    const place = ['switch_id=0a:1b:2c:3d:4e:5f', 'port_id=p1', 'switch_info=lab-switch'];
    const link = place.flatMap((part) => ['--local-link-connection', part]);
    const address = ['52:54:00:0a:0b:0c', '--node', uuid, '--name', 'eth0', '--physical-network', 'net'];
    const port = await baremetal.json<{ uuid: string }>('port', 'create', ...address, ...link);
    const listed = await baremetal.json<Record<string, unknown>[]>('port', 'list', '--node', 'ported');
    assert.deepEqual(listed, [{ uuid: port.uuid, address: '52:54:00:0a:0b:0c' }]);
    await baremetal.run('port', 'set', port.uuid, '--pxe-disabled', '--extra', 'a=b');
    await baremetal.run('port', 'unset', port.uuid, '--extra', 'a', '--physical-network');
    const shown = await baremetal.json('port', 'show', port.uuid);
    assert.deepEqual([shown['pxe_enabled'], shown['physical_network'], shown['extra']], [false, null, {}]);
    const byAddress = await baremetal.json('port', 'show', '--address', '52:54:00:0a:0b:0c');
    assert.equal(byAddress['uuid'], port.uuid);
    await baremetal.run('node', 'vif', 'attach', 'ported', 'vif-1');
    assert.deepEqual(await baremetal.json('node', 'vif', 'list', 'ported'), [{ id: 'vif-1' }]);
    await baremetal.run('node', 'vif', 'detach', 'ported', 'vif-1');
    assert.deepEqual(await baremetal.json('node', 'vif', 'list', 'ported'), []);
    await baremetal.run('port', 'delete', port.uuid);
  });

  it('lists drivers and conductors and shows what they offer', async () => {
    const drivers = await baremetal.json<{ name: string }[]>('driver', 'list');
    assert.deepEqual(
      drivers.map((driver) => driver.name).toSorted((a, b) => a.localeCompare(b)),
      ['fake-hardware', 'ipmi'],
    );
    const fake = await baremetal.json('driver', 'show', 'fake-hardware');
    assert.equal(fake['default_power_interface'], 'fake');
    assert.ok((await baremetal.json<unknown[]>('driver', 'property', 'list', 'ipmi')).length > 3);
    const conductors = await baremetal.json<Record<string, unknown>[]>('conductor', 'list');
    assert.deepEqual(
      conductors.map((conductor) => [conductor['hostname'], conductor['conductor_group'], conductor['alive']]),
      [['test-worker', stack.site, true]],
    );
    assert.equal((await baremetal.json('conductor', 'show', 'test-worker'))['hostname'], 'test-worker');
  });

  it('works with the versions that older clients ask for', async () => {
    await create('old');
    for (const version of ['1.1', '1.46', '1.72', '1.115', 'latest']) {
      const list = await baremetal.attempt('--os-baremetal-api-version', version, 'node', 'list');
      assert.equal(list.code, 0, `${version}: ${list.err}`);
    }
  });
});
