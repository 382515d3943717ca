import assert from 'node:assert/strict';
import { IpmiClient, IpmiError } from '../src/index.ts';
import type { Bmc } from '../src/index.ts';
import { until } from '../test/support/pair.ts';
import { startIpmiSim } from './support/ipmi-sim.ts';
import type { IpmiSim } from './support/ipmi-sim.ts';

describe('client against OpenIPMI ipmi_sim', () => {
  let sim: IpmiSim;
  let client: IpmiClient;
  let bmc: Bmc;
  before(async () => {
    sim = await startIpmiSim();
    client = new IpmiClient();
    bmc = client.bmc({ host: '127.0.0.1', port: sim.port, username: 'ipmiusr', password: 'test' });
  });
  after(async () => {
    await bmc.chassisControl('off').catch(() => {});
    await client.close();
    await sim.stop();
  });

  it('falls back to suite 3 after a refusal of two bytes', async () => {
    assert.equal((await bmc.getDeviceId()).manufacturerId, 0x1291);
    assert.equal(bmc.session?.cipherSuite, 3);
  });

  it('speaks suites 1, 2 and 6 when they are named', async () => {
    for (const suite of [1, 2, 6]) {
      const named = client.bmc({
        host: '127.0.0.1',
        port: sim.port,
        username: 'ipmiusr',
        password: 'test',
        cipherSuites: [suite],
      });
      assert.equal((await named.getChassisStatus()).powerOn, false);
      await named.close();
    }
  });

  it('adds, lists and clears events', async () => {
    const recordId = await bmc.sel.add({ sensorType: 1, sensor: 1, data: Uint8Array.of(0x57, 90, 80) });
    const [record] = await bmc.sel.list();
    assert.ok(record?.kind === 'event');
    assert.deepEqual([record.recordId, record.sensorType, [...record.data]], [recordId, 1, [0x57, 90, 80]]);
    await bmc.sel.clear();
    assert.deepEqual(await bmc.sel.list(), []);
  });

  it('reads the sensor repository and the sensor', async () => {
    const [reading] = await bmc.sensors.readAll();
    assert.deepEqual([reading?.name, reading?.value, reading?.unit], ['CPU T1', 45, 'degrees C']);
  });

  it('lists users and LAN parameters', async () => {
    const users = await bmc.users.list();
    assert.deepEqual(
      users.slice(0, 2).map(({ name }) => name),
      ['', 'ipmiusr'],
    );
    const { ip, mac } = await bmc.lan.get();
    assert.deepEqual([ip, mac], ['0.0.0.0', '00:00:00:00:00:00'], 'ipmi_sim holds nothing until told');
  });

  it('makes a user who can log in, and takes the access away', async () => {
    const { users } = bmc;
    await users.setName(3, 'night-shift');
    await users.setPassword(3, 'lantern', { size: 16 });
    await users.setPrivilege(3, 'operator');
    await users.enable(3);
    const other = client.bmc({
      host: '127.0.0.1',
      port: sim.port,
      username: 'night-shift',
      password: 'lantern',
      privilege: 'operator',
    });
    assert.equal((await other.getDeviceId()).manufacturerId, 0x1291);
    await other.close();
    await users.disable(3);
    await assert.rejects(other.getDeviceId({ deadlineMs: 2_000 }), IpmiError);
  });

  it('reaches a controller on the IPMB through Send Message', async () => {
    const behind = client.bmc({
      host: '127.0.0.1',
      port: sim.port,
      username: 'ipmiusr',
      password: 'test',
      bridge: { targetAddress: 0x30, targetChannel: 0 },
    });
    assert.equal((await behind.getDeviceId()).productId, 0xabc);
    await behind.close();
  });

  it('reports what it is told of a command that the simulator refuses', async () => {
    await assert.rejects(bmc.chassisControl('nmi'), (error: unknown) => {
      assert.ok(error instanceof IpmiError);
      assert.equal(error.completionCode, 0xcc);
      return true;
    });
  });

  it('boots a QEMU machine and gives its firmware console whole after a reset', async () => {
    await bmc.chassisControl('on');
    assert.equal((await bmc.getChassisStatus()).powerOn, true);
    const console = await bmc.openSol();
    let text = '';
    console.on('data', (data: Buffer) => (text += data.toString('latin1')));
    // ipmi_sim tries the serial socket of the machine every 10 s only.
    await new Promise((resolve) => setTimeout(resolve, 14_000));
    text = '';
    await bmc.chassisControl('reset');
    await until(() => text.includes('No bootable device'), 60_000);
    assert.match(text, /SeaBIOS \(version/);
    console.destroy();
    await bmc.chassisControl('off');
    let on = true;
    for (let i = 0; on && i < 40; i++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      on = (await bmc.getChassisStatus()).powerOn;
    }
    assert.equal(on, false);
  }).timeout(120_000);
});
