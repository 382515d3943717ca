import assert from 'node:assert/strict';
import { aPair } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';
import { describeEvent } from '../../src/index.ts';

describe('SEL, sensors, FRU, LAN and users', () => {
  let pair: Pair;
  before(async () => {
    pair = await aPair({
      sensors: [
        { number: 1, name: 'CPU Temp', type: 1, unit: 1, raw: 45, thresholds: { unc: 80, uc: 90 } },
        { number: 2, name: 'FAN1', type: 4, unit: 18, m: 100, raw: 3, thresholds: { lc: 5 } },
        { number: 3, name: 'PSU1', type: 8, states: 0b1 },
        { number: 4, name: '12V', type: 2, unit: 4, m: 6, rExp: -2, raw: 201 },
        { number: 5, name: 'Gone', type: 1, unit: 1 },
      ],
      sel: [{ timestamp: 1_700_000_000, sensorType: 1, sensorNumber: 1, eventType: 1, data: [0x59, 95, 90] }],
      frus: [
        {
          chassis: { type: 23, partNumber: 'CH-1', serial: 'S1' },
          board: {
            manufactured: new Date('2024-05-01T00:00:00Z'),
            manufacturer: 'Anneal',
            product: 'VB',
            serial: 'B1',
          },
          product: { name: 'Virtual', version: '1', serial: 'X9', extra: ['more'] },
        },
      ],
      lan: {
        ip: '10.0.0.7',
        netmask: '255.255.255.0',
        gateway: '10.0.0.1',
        mac: '02:00:00:00:00:01',
        vlan: 12,
        source: 'dhcp',
      },
    });
  });
  after(() => pair.stop());

  it('converts readings and names crossed thresholds', async () => {
    const readings = await pair.bmc.sensors.readAll();
    assert.deepEqual(
      readings.map(({ name, value, unit, status, available }) => [name, value, unit, status, available]),
      [
        ['CPU Temp', 45, 'degrees C', 'ok', true],
        ['FAN1', 300, 'RPM', 'lc', true],
        ['PSU1', undefined, 'unspecified', undefined, true],
        ['12V', 12.06, 'Volts', 'ok', true],
        ['Gone', undefined, 'degrees C', undefined, false],
      ],
    );
  });

  it('reads and changes thresholds', async () => {
    const [sensor] = await pair.bmc.sensors.records();
    assert.ok(sensor?.kind === 'full');
    assert.deepEqual(await pair.bmc.sensors.thresholds(sensor), { unc: 80, uc: 90 });
    await pair.bmc.sensors.setRawThresholds(1, { unc: 70 });
    assert.deepEqual(await pair.bmc.sensors.thresholds(sensor), { unc: 70, uc: 90 });
  });

  it('lists, adds, deletes and clears events', async () => {
    const { sel } = pair.bmc;
    const [event] = await sel.list();
    assert.ok(event?.kind === 'event');
    assert.equal(event.timestamp, 1_700_000_000);
    assert.equal(describeEvent(event), 'Upper Critical going high asserted');
    const id = await sel.add({ sensorType: 4, sensor: 2, deassertion: true, data: Uint8Array.of(2, 0, 0) });
    assert.equal((await sel.info()).entries, 2);
    await sel.delete(id);
    assert.equal((await sel.list()).length, 1);
    await sel.clear();
    assert.deepEqual(await sel.list(), []);
  });

  it('sets the clock of the event log', async () => {
    await pair.bmc.sel.setTime(new Date('2020-01-01T00:00:00Z'));
    assert.equal((await pair.bmc.sel.getTime()).getUTCFullYear(), 2020);
  });

  it('decodes all FRU areas and writes bytes', async () => {
    const fru = await pair.bmc.fru.read();
    assert.deepEqual(fru.chassis, { type: 23, partNumber: 'CH-1', serial: 'S1', extra: [] });
    assert.equal(fru.board?.manufactured?.toISOString(), '2024-05-01T00:00:00.000Z');
    assert.deepEqual([fru.product?.version, fru.product?.extra], ['1', ['more']]);
    assert.deepEqual(fru.damaged, []);
    await pair.bmc.fru.writeRaw(
      0,
      230,
      Uint8Array.from({ length: 20 }, (_, i) => i),
    );
    await assert.rejects(pair.bmc.fru.readRaw(7), /not present/);
  });

  it('reads and sets LAN parameters', async () => {
    const settings = await pair.bmc.lan.get();
    assert.deepEqual([settings.ip, settings.source, settings.vlan], ['10.0.0.7', 'dhcp', 12]);
    await pair.bmc.lan.set({ ip: '10.0.0.8', vlan: 0, source: 'static' });
    const { ip, vlan, source, mac } = await pair.bmc.lan.get();
    assert.deepEqual([ip, vlan, source, mac], ['10.0.0.8', undefined, 'static', '02:00:00:00:00:01']);
  });

  it('makes a user who can log in, and takes the access away', async () => {
    const { users } = pair.bmc;
    await users.setName(3, 'ops');
    await users.setPassword(3, 'operations');
    await users.setPrivilege(3, 'operator');
    await users.enable(3);
    assert.equal(await users.testPassword(3, 'operations'), true);
    assert.equal(await users.testPassword(3, 'wrong'), false);
    const user = (await users.list()).find(({ id }) => id === 3);
    assert.deepEqual([user?.name, user?.enabled, user?.privilege], ['ops', true, 'operator']);
    const login = pair.another({ username: 'ops', password: 'operations', privilege: 'operator' });
    await login.getChassisStatus();
    await login.close();
    await users.disable(3);
    const refused = pair.another({ username: 'ops', password: 'operations', privilege: 'operator' });
    await assert.rejects(refused.getChassisStatus(), /unauthorized name/);
  });
});

describe('assess', () => {
  it('finds nothing wrong with suites 3 and 17', async () => {
    const pair = await aPair();
    const { findings, ipmi20, answersPing } = await pair.client.assess({
      host: '127.0.0.1',
      port: pair.server.address.port,
    });
    assert.deepEqual([findings, ipmi20, answersPing], [[], true, true]);
    await pair.stop();
  });

  it('finds suite 0, weak suites, null users and, only when asked, known passwords', async () => {
    const users = [
      { name: '', password: '' },
      { name: 'admin', password: 'admin' },
    ];
    const pair = await aPair({ users, cipherSuites: [0, 1, 2, 3] });
    const target = { host: '127.0.0.1', port: pair.server.address.port };
    const ids = async (credentials: { username: string; password: string }[]): Promise<string[]> =>
      (await pair.client.assess(target, { credentials })).findings.map(({ id }) => id);
    const weak = ['null-users', 'cipher-suite-0', 'suites-without-encryption', 'suites-without-integrity'];
    assert.deepEqual(await ids([]), weak);
    const tried = [
      { username: 'admin', password: 'admin' },
      { username: 'admin', password: 'calvin' },
    ];
    assert.deepEqual(await ids(tried), [...weak, 'default-credentials']);
    await pair.stop();
  });
});
