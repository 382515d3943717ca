import assert from 'node:assert/strict';
import { faultOf } from '../support/api.ts';
import { startStack, type Stack } from '../support/stack.ts';

describe('API of a machine’s devices', function () {
  this.timeout(120_000);
  let stack: Stack;
  before(async () => (stack = await startStack()));
  after(() => stack?.close());

  const put = (uuid: string, path: string, body: unknown) =>
    stack.request('PUT', `/v1/nodes/${uuid}/${path}`, { body });
  const get = async (uuid: string, path: string) => (await stack.request('GET', `/v1/nodes/${uuid}/${path}`)).body;

  it('changes boot mode and secure boot', async () => {
    const uuid = await stack.addNode();
    const answer = await put(uuid, 'states/boot_mode', { target: 'bios' });
    assert.equal(answer.status, 202, answer.text);
    await stack.awaitState(uuid, 'enroll');
    assert.equal((await put(uuid, 'states/secure_boot', { target: true })).status, 202);
    await stack.awaitState(uuid, 'enroll');
    const states = await get(uuid, 'states');
    assert.deepEqual([states.boot_mode, states.secure_boot], ['bios', true]);
  });

  it('refuses what a driver cannot change', async () => {
    const uuid = await stack.addNode({ driver: 'ipmi', driver_info: { ipmi_address: '127.0.0.1' } });
    const answer = await put(uuid, 'states/secure_boot', { target: true });
    assert.equal(answer.status, 400);
    assert.match(faultOf(answer), /does not support set_secure_boot_state/);
  });

  it('switches a lamp that can be switched', async () => {
    const uuid = await stack.addNode();
    const lamp = 'management/indicators/led@system';
    assert.deepEqual(await get(uuid, lamp), { state: 'on' });
    assert.equal((await put(uuid, lamp, { state: 'blinking' })).status, 204);
    assert.deepEqual(await get(uuid, lamp), { state: 'blinking' });
    assert.match(faultOf(await put(uuid, lamp, { state: 'green' })), /it can be blinking, off, on/);
    const fixed = await put(uuid, 'management/indicators/led-0@chassis', { state: 'off' });
    assert.match(faultOf(fixed), /can only be read/);
  });

  it('attaches and detaches virtual media, and shows no password of an image', async () => {
    const uuid = await stack.addNode();
    const body = { device_type: 'cdrom', image_url: 'http://user:hunter2@127.0.0.1/rescue.iso' };
    const attached = await stack.request('POST', `/v1/nodes/${uuid}/vmedia`, { body });
    assert.equal(attached.status, 204, attached.text);
    const image = 'http://user:******@127.0.0.1/rescue.iso';
    assert.deepEqual(await get(uuid, 'vmedia'), { vmedia: [{ media_types: ['cdrom'], inserted: true, image }] });
    const detached = await stack.request('DELETE', `/v1/nodes/${uuid}/vmedia?device_types=cdrom`);
    assert.equal(detached.status, 204, detached.text);
    assert.deepEqual(await get(uuid, 'vmedia'), { vmedia: [] });
  });

  it('opens a graphical console behind a token, and closes it', async () => {
    const uuid = await stack.addNode({ console_interface: 'fake-graphical' });
    assert.deepEqual(await get(uuid, 'states/console'), { console_enabled: false, console_info: null });
    assert.equal((await put(uuid, 'states/console', { enabled: true })).status, 202);
    await stack.awaitState(uuid, 'enroll');
    const { console_enabled, console_info } = await get(uuid, 'states/console');
    assert.equal(console_enabled, true);
    assert.equal(console_info.type, 'vnc');
    const token = /token%3D([\w-]{32})/.exec(console_info.url)?.[1];
    assert.ok(token, console_info.url);
    assert.doesNotMatch(JSON.stringify((await stack.request('GET', `/v1/nodes/${uuid}`)).body), new RegExp(token));
    await stack.database.pool.query(`update console_sessions set expires_at = now() - interval '1 second'`);
    assert.equal((await get(uuid, 'states/console')).console_enabled, false);
    assert.equal((await put(uuid, 'states/console', { enabled: false })).status, 202);
    await stack.awaitState(uuid, 'enroll');
    assert.equal((await stack.request('GET', `/v1/nodes/${uuid}`)).body.console_enabled, false);
  });

  it('has no console where the node has none', async () => {
    const uuid = await stack.addNode();
    const answer = await put(uuid, 'states/console', { enabled: true });
    assert.equal(answer.status, 400);
    assert.match(faultOf(answer), /does not support console/);
  });

  it('keeps what steps do to BIOS, RAID and firmware', async () => {
    const uuid = await stack.addNode();
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    const disks = [{ raid_level: '1', size_gb: 100, is_root_volume: true }];
    assert.equal((await put(uuid, 'states/raid', { logical_disks: disks })).status, 204);
    const firmware = [{ component: 'bmc', url: 'http://127.0.0.1/bmc-2.1.bin' }];
    const clean_steps = [
      { interface: 'bios', step: 'apply_configuration', args: { settings: [{ name: 'turbo', value: 'off' }] } },
      { interface: 'raid', step: 'create_configuration' },
      { interface: 'firmware', step: 'update', args: { settings: firmware } },
    ];
    const answer = await stack.provision(uuid, { target: 'clean', clean_steps });
    assert.equal(answer.status, 202, answer.text);
    const node = await stack.awaitState(uuid, 'manageable');
    assert.deepEqual(node.raid_config, { logical_disks: disks });
    assert.equal((await get(uuid, 'bios/turbo')).turbo.value, 'off');
    assert.equal((await get(uuid, 'firmware')).firmware[0].current_version, 'bmc-2.1.bin');
    const undo = [
      { interface: 'bios', step: 'factory_reset' },
      { interface: 'raid', step: 'delete_configuration' },
    ];
    await stack.provision(uuid, { target: 'clean', clean_steps: undo });
    assert.deepEqual((await stack.awaitState(uuid, 'manageable')).raid_config, {});
    assert.deepEqual((await get(uuid, 'bios')).bios, []);
  });

  it('keeps what the steps of runbooks and deploy templates do', async () => {
    const uuid = await stack.addNode();
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    const runbook = async (name: string, steps: readonly object[]) => {
      const numbered = steps.map((step, order) => ({ args: {}, ...step, order }));
      const made = await stack.request('POST', '/v1/runbooks', { body: { name, steps: numbered } });
      assert.equal(made.status, 201, made.text);
      await stack.request('PUT', `/v1/runbooks/${name}/traits`, { body: { traits: ['CUSTOM_FAKE'] } });
    };
    const root = { raid_level: '1', size_gb: 100, is_root_volume: true };
    const data = { raid_level: '5', size_gb: 'MAX' };
    const firmware = (version: string) => ({
      interface: 'firmware',
      step: 'update',
      args: { settings: [{ component: 'bmc', url: 'http://127.0.0.1/bmc.bin', version }] },
    });
    const bios = (value: string) => ({
      interface: 'bios',
      step: 'apply_configuration',
      args: { settings: [{ name: 'turbo', value }] },
    });
    await stack.request('PUT', `/v1/nodes/${uuid}/traits`, { body: { traits: ['CUSTOM_FAKE', 'CUSTOM_RAID'] } });
    await put(uuid, 'states/raid', { logical_disks: [root, data] });
    const onlyRoot = { interface: 'raid', step: 'create_configuration', args: { create_nonroot_volumes: false } };
    await runbook('CUSTOM_PREPARE', [onlyRoot, bios('off'), firmware('1.0')]);
    await runbook('CUSTOM_REFRESH', [bios('on'), firmware('1.1')]);
    assert.equal((await stack.provision(uuid, { target: 'clean', runbook: 'CUSTOM_PREPARE' })).status, 202);
    assert.deepEqual((await stack.awaitState(uuid, 'manageable')).raid_config, { logical_disks: [root] });
    assert.equal((await get(uuid, 'bios/turbo')).turbo.value, 'off');

    const raid = { interface: 'raid', step: 'apply_configuration', args: { raid_config: { logical_disks: [data] } } };
    const template = { name: 'CUSTOM_RAID', steps: [{ ...raid, priority: 150 }] };
    assert.equal((await stack.request('POST', '/v1/deploy_templates', { body: template })).status, 201);
    const patch = [{ op: 'add', path: '/instance_info/traits', value: ['CUSTOM_RAID'] }];
    await stack.request('PATCH', `/v1/nodes/${uuid}`, { body: patch });
    await stack.provision(uuid, { target: 'provide' });
    await stack.awaitState(uuid, 'available');
    await stack.provision(uuid, { target: 'active' });
    const deployed = await stack.awaitState(uuid, 'active');
    assert.deepEqual(deployed.raid_config, { logical_disks: [data] });
    assert.deepEqual(deployed.target_raid_config, { logical_disks: [data] });

    assert.equal((await stack.provision(uuid, { target: 'service', runbook: 'CUSTOM_REFRESH' })).status, 202);
    await stack.awaitState(uuid, 'active');
    assert.equal((await get(uuid, 'bios/turbo')).turbo.value, 'on');
    const [bmc] = (await get(uuid, 'firmware')).firmware;
    assert.deepEqual([bmc.initial_version, bmc.current_version, bmc.last_version_flashed], ['1.0', '1.1', '1.1']);
  });

  it('fails a RAID step that has nothing to make', async () => {
    const uuid = await stack.addNode();
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    const clean = { target: 'clean', clean_steps: [{ interface: 'raid', step: 'create_configuration' }] };
    await stack.provision(uuid, clean);
    assert.match((await stack.awaitState(uuid, 'clean failed')).last_error, /has no target RAID configuration/);
  });
});
