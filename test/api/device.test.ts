import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { freePorts } from '../../scripts/stack/ports.ts';
import { faultOf } from '../support/api.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { readTcp } from '../support/tcp-reader.ts';
import { PASSWORD, startBmc, type BmcUnderTest } from '../unit/drivers/ipmi/a-bmc.ts';

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

  it('shows the BIOS settings and firmware that an inspection found, and keeps what steps changed', async () => {
    const dials = { fake_bios: { turbo: 'on', cores: 4 }, fake_firmware: { bmc: '1.0', bios: '7' } };
    const uuid = await stack.addNode({ driver_info: dials });
    await stack.provision(uuid, { target: 'manage' });
    await stack.awaitState(uuid, 'manageable');
    const inspect = async () => {
      assert.equal((await stack.provision(uuid, { target: 'inspect' })).status, 202);
      await stack.awaitState(uuid, 'manageable');
    };
    await inspect();
    const settings = (await get(uuid, 'bios')).bios as { name: string; value: string }[];
    assert.deepEqual(
      settings.map(({ name, value }) => [name, value]),
      [
        ['cores', '4'],
        ['turbo', 'on'],
      ],
    );
    const images = [{ component: 'bmc', url: 'http://127.0.0.1/bmc-2.1.bin' }];
    const clean_steps = [
      { interface: 'bios', step: 'apply_configuration', args: { settings: [{ name: 'turbo', value: 'off' }] } },
      { interface: 'firmware', step: 'update', args: { settings: images } },
    ];
    assert.equal((await stack.provision(uuid, { target: 'clean', clean_steps })).status, 202);
    await stack.awaitState(uuid, 'manageable');
    await inspect();
    assert.equal((await get(uuid, 'bios/turbo')).turbo.value, 'off');
    const components = (await get(uuid, 'firmware')).firmware as Record<string, string>[];
    assert.deepEqual(
      components.map((one) => [one['component'], one['initial_version'], one['current_version']]),
      [
        ['bios', '7', '7'],
        ['bmc', '1.0', 'bmc-2.1.bin'],
      ],
    );
  });

  it('calls a vendor method and gives what it says, or says that it was begun', async () => {
    const uuid = await stack.addNode();
    const call = (method: string, body: unknown) =>
      stack.request('POST', `/v1/nodes/${uuid}/vendor_passthru?method=${method}`, { body });
    for (const [bar, said] of [
      ['meow', true],
      ['bark', false],
    ]) {
      const answer = await call('third_method_sync', { bar });
      assert.deepEqual([answer.status, answer.body], [200, said], answer.text);
    }
    const begun = await call('second_method', { bar: 'hunter2-vendor' });
    assert.deepEqual([begun.status, begun.text], [202, '']);
    await stack.awaitState(uuid, 'enroll');
    const { rows } = await stack.database.pool.query('select method, arguments, answer from vendor_calls');
    assert.deepEqual(rows, [{ method: 'second_method', arguments: null, answer: false }]);
  });

  it('calls a vendor method beside an operation only when that needs no lock', async () => {
    const uuid = await stack.addNode({ driver_info: { fake_management_delay_s: 2 } });
    const call = (method: string, bar: string) =>
      stack.request('POST', `/v1/nodes/${uuid}/vendor_passthru/${method}`, { body: { bar } });
    assert.equal((await put(uuid, 'states/secure_boot', { target: true })).status, 202);
    const beside = await call('fourth_method_shared_lock', 'woof');
    assert.equal(beside.status, 202, beside.text);
    assert.equal((await call('second_method', 'kazoo')).status, 409);
    await stack.awaitState(uuid, 'enroll');
    const { rows } = await stack.database.pool.query('select method from vendor_calls where node_uuid = $1', [uuid]);
    assert.deepEqual(rows, [{ method: 'fourth_method_shared_lock' }]);
  });

  it('leaves the reason of a vendor method that failed on the node', async () => {
    const faults = { 'vendor.third_method_sync': { times: 1, code: 'BmcRefused' } };
    const uuid = await stack.addNode({ driver_info: { fake_faults: faults } });
    const failed = await stack.request('POST', `/v1/nodes/${uuid}/vendor_passthru?method=third_method_sync`, {
      body: { bar: 'meow' },
    });
    assert.equal(failed.status, 400, failed.text);
    assert.match((await stack.awaitState(uuid, 'enroll')).last_error, /vendor\.third_method_sync/);
  });

  describe('with a serial console', () => {
    let world: BmcUnderTest;
    beforeEach(async () => (world = await startBmc({ console: () => new PassThrough() })));
    afterEach(() => world.bmc.stop());

    const addMachine = (driverInfo: Readonly<Record<string, unknown>> = {}) =>
      stack.addNode({
        driver: 'ipmi',
        console_interface: 'ipmitool-socat',
        driver_info: {
          ipmi_address: '127.0.0.1',
          ipmi_port: world.bmc.address.port,
          ipmi_username: 'ops',
          ipmi_password: PASSWORD,
          ...driverInfo,
        },
      });
    const switchConsole = async (uuid: string, enabled: boolean) => {
      const answer = await put(uuid, 'states/console', { enabled });
      assert.equal(answer.status, 202, answer.text);
      return await stack.awaitState(uuid, 'enroll');
    };

    it('serves it over TCP, to several at once, and leaves nothing open', async () => {
      const uuid = await addMachine();
      await switchConsole(uuid, true);
      const { console_enabled, console_info } = await get(uuid, 'states/console');
      assert.deepEqual([console_enabled, console_info.type], [true, 'socat']);
      const readers = [await readTcp(console_info.url), await readTcp(console_info.url)];
      readers[0]?.type('echo ');
      await Promise.all(readers.map((reader) => reader.sees(/echo /)));
      readers[1]?.type('again');
      await Promise.all(readers.map((reader) => reader.sees(/echo again/)));
      await switchConsole(uuid, false);
      await Promise.all(readers.map((reader) => reader.sentAway()));
      await assert.rejects(readTcp(console_info.url), /ECONNREFUSED/);
      assert.equal(world.bmc.sessionCount, 0);
      assert.deepEqual(await get(uuid, 'states/console'), { console_enabled: false, console_info: null });
      const { rows } = await stack.database.pool.query('select from serial_consoles');
      assert.equal(rows.length, 0);
    });

    it('attaches again after the BMC was away, and its readers stay', async () => {
      const uuid = await addMachine();
      await switchConsole(uuid, true);
      const reader = await readTcp((await get(uuid, 'states/console')).console_info.url);
      reader.type('before ');
      await reader.sees(/before /);
      const { port } = world.bmc.address;
      await world.bmc.stop();
      world = await startBmc({ port, console: () => new PassThrough() });
      reader.type('after');
      await reader.sees(/after/);
      await switchConsole(uuid, false);
    });

    it('serves it on the port that the node asks for, or says why it can not', async () => {
      const [port = 0] = await freePorts(1);
      const uuid = await addMachine({ ipmi_terminal_port: port });
      await switchConsole(uuid, true);
      assert.equal((await get(uuid, 'states/console')).console_info.url, `tcp://127.0.0.1:${port}`);
      const other = await addMachine({ ipmi_terminal_port: port });
      const refused = await switchConsole(other, true);
      assert.match(refused.last_error, new RegExp(`has no port ${port} \\(driver_info\\) for its console`));
      assert.equal(refused.console_enabled, false);
      await stack.request('DELETE', `/v1/nodes/${uuid}`);
      const again = await switchConsole(other, true);
      assert.equal(again.console_enabled, true, again.last_error);
      await switchConsole(other, false);
    });

    it('refuses to switch on what the BMC does not give', async () => {
      await world.bmc.stop();
      world = await startBmc();
      const refused = await switchConsole(await addMachine(), true);
      assert.match(refused.last_error, /attaching to the serial console failed, the BMC at .* refused serial over LAN/);
    });
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
