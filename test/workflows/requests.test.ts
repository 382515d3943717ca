import assert from 'node:assert/strict';
import { readFakeDevice } from '../../db/fake-devices.ts';
import { getInventory } from '../../db/inventory.ts';
import { createSite, type Site } from './support/site.ts';

describe('single requests on fake hardware', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = await createSite({ ANNEAL_POWER_TIMEOUT_S: '2' });
  });
  after(() => site.close());

  const calls = async (uuid: string) => (await readFakeDevice(site.tools.db, uuid)).calls;
  const power = (uuid: string, target: 'power on' | 'power off' | 'rebooting' | 'soft power off' | 'soft rebooting') =>
    site.run('power', uuid, { power: { target, timeoutS: 1 } });

  it('powers on and off, each once, and keeps the provision state', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable' });
    await power(uuid, 'power on');
    await power(uuid, 'power on');
    assert.equal((await site.node(uuid)).powerState, 'power on');
    await power(uuid, 'power off');
    const node = await site.node(uuid);
    assert.deepEqual([node.powerState, node.targetPowerState, node.provisionState], ['power off', null, 'manageable']);
    assert.deepEqual(await calls(uuid), { 'power on': 1, 'power off': 1 });
  });

  it('reboots by cutting the power', async () => {
    const { uuid } = await site.addNode({ provisionState: 'active' });
    await power(uuid, 'power on');
    await power(uuid, 'rebooting');
    assert.deepEqual(await calls(uuid), { 'power on': 2, 'power off': 1 });
  });

  it('asks the operating system first when it is told to go softly', async () => {
    const { uuid } = await site.addNode({ provisionState: 'active' });
    await power(uuid, 'power on');
    await power(uuid, 'soft rebooting');
    assert.equal((await site.node(uuid)).powerState, 'power on');
    assert.equal((await calls(uuid))['soft off'], 1);
  });

  it('says that the operating system ignored the power button, and leaves the machine on', async () => {
    const { uuid } = await site.addNode({ provisionState: 'active', driverInfo: { fake_ignores_soft_off: true } });
    await power(uuid, 'power on');
    await assert.rejects(power(uuid, 'soft power off'));
    const node = await site.node(uuid);
    assert.match(node.lastError ?? '', /did not shut down within 1 s/);
    assert.deepEqual([node.powerState, node.provisionState, node.reservation], ['power on', 'active', null]);
  });

  it('sets the boot device and sends an NMI once', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable' });
    await site.run('boot-device', uuid, { bootDevice: { device: 'cdrom', persistent: true } });
    await site.run('inject-nmi', uuid);
    const device = await readFakeDevice(site.tools.db, uuid);
    assert.deepEqual([device.bootDevice, device.bootPersistent, device.calls['nmi']], ['cdrom', true, 1]);
  });

  it('does not send a second NMI when the first one’s fate is unknown', async () => {
    const faults = { 'management.injectNmi': { times: 1, code: 'BmcUnreachable', when: 'after' } };
    const { uuid } = await site.addNode({ provisionState: 'manageable', driverInfo: { fake_faults: faults } });
    await assert.rejects(site.run('inject-nmi', uuid));
    assert.equal((await calls(uuid))['nmi'], 1);
  });

  it('inspects, and keeps what was found', async () => {
    const { uuid } = await site.addNode({ provisionState: 'manageable' });
    await site.run('inspect', uuid);
    const node = await site.node(uuid);
    assert.equal(node.provisionState, 'manageable');
    assert.equal(node.properties['cpu_arch'], 'x86_64');
    assert.notEqual(node.inspectionFinishedAt, null);
    assert.ok(await getInventory(site.tools.db, uuid));
  });

  it('rebuilds an active node', async () => {
    const { uuid } = await site.addNode({ provisionState: 'available' });
    await site.run('deploy', uuid);
    await site.run('rebuild', uuid);
    assert.equal((await site.node(uuid)).provisionState, 'active');
    assert.equal((await calls(uuid))['step deploy.deploy#1'], 2);
  });
});
