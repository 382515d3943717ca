import assert from 'node:assert/strict';
import { commands } from '../../src/index.ts';
import { aPair, anEcho } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

const ON = Uint8Array.of(1);
const OFF = Uint8Array.of(0);

describe('settings of the virtual BMC', () => {
  let pair: Pair;
  afterEach(() => pair.stop());

  it('keeps the power restore policy, and tells it with the chassis status', async () => {
    pair = await aPair();
    assert.equal((await pair.bmc.getChassisStatus()).restorePolicy, 'off');
    const can = await pair.bmc.command(commands.setPowerRestorePolicy, { policy: 'previous' });
    assert.deepEqual(can, { canStayOn: true, canRestore: true, canStayOff: true });
    await pair.bmc.command(commands.setPowerRestorePolicy, { policy: 'keep' });
    assert.equal((await pair.bmc.getChassisStatus()).restorePolicy, 'previous');
  });

  it('refuses the console while serial over LAN is switched off', async () => {
    pair = await aPair({ console: anEcho });
    const set = (parameter: number, data: Uint8Array) =>
      pair.bmc.command(commands.setSolConfiguration, { channel: 0x0e, parameter, data });
    const get = (parameter: number, channel = 0x0e) =>
      pair.bmc.command(commands.getSolConfiguration, { revisionOnly: false, channel, parameter, set: 0, block: 0 });
    const { port } = pair.server.address;
    assert.deepEqual([...(await get(8)).data], [port & 0xff, port >> 8]);
    await set(1, OFF);
    assert.deepEqual([...(await get(1)).data], [0]);
    await assert.rejects(pair.bmc.openSol({ deadlineMs: 2_000 }), { completionCode: 0x81 });
    await set(1, ON);
    const console = await pair.bmc.openSol();
    console.destroy();
    await assert.rejects(set(8, Uint8Array.of(0, 0)), { completionCode: 0x82 });
    await assert.rejects(get(9), { completionCode: 0x80 });
    await assert.rejects(get(1, 5), { completionCode: 0xcc });
  });

  it('keeps the chassis capabilities and the front panel buttons, and tells those with the status', async () => {
    pair = await aPair();
    const before = await pair.bmc.command(commands.getChassisCapabilities, {});
    assert.deepEqual([before.diagnosticInterrupt, before.selAddress], [true, 0x20]);
    await pair.bmc.command(commands.setChassisCapabilities, { ...before, intrusion: true, selAddress: 0x22 });
    const after = await pair.bmc.command(commands.getChassisCapabilities, {});
    assert.deepEqual(after, { ...before, intrusion: true, selAddress: 0x22 });
    const buttons = { standbyDisabled: false, nmiDisabled: true, resetDisabled: true, powerOffDisabled: false };
    await pair.bmc.command(commands.setFrontPanelEnables, buttons);
    const { nmiDisabled, resetDisabled, powerOffDisabled } = await pair.bmc.getChassisStatus();
    assert.deepEqual([nmiDisabled, resetDisabled, powerOffDisabled], [true, true, false]);
  });

  it('waits for the power cycle interval between off and on', async () => {
    pair = await aPair();
    await pair.bmc.command(commands.setPowerCycleInterval, { seconds: 1 });
    const from = performance.now();
    await pair.bmc.chassisControl('cycle');
    assert.ok(performance.now() - from >= 990);
    assert.deepEqual(pair.machine.acts, ['off', 'on']);
  });

  it('has clocks of its own for SDR repository and event log, and an offset from UTC', async () => {
    pair = await aPair();
    const now = Math.floor(Date.now() / 1000);
    await pair.bmc.command(commands.setSdrTime, { time: 1_000_000_000 });
    const { time } = await pair.bmc.command(commands.getSdrTime, {});
    assert.ok(time >= 1_000_000_000 && time < 1_000_000_010, String(time));
    const { time: logTime } = await pair.bmc.command(commands.getSelTime, {});
    assert.ok(logTime >= now && logTime < now + 10, 'the event log’s clock is another one');
    const offset = async () => (await pair.bmc.command(commands.getSelUtcOffset, {})).minutes;
    assert.equal(await offset(), 0x07ff, 'unspecified');
    await pair.bmc.command(commands.setSelUtcOffset, { minutes: -330 });
    assert.equal(await offset(), -330);
    await assert.rejects(pair.bmc.command(commands.setSelUtcOffset, { minutes: 1_441 }), { completionCode: 0xc9 });
  });

  it('keeps events and hysteresis of a sensor, and stops scanning it when told', async () => {
    pair = await aPair({
      sensors: [
        { number: 1, name: 'CPU Temp', type: 1, unit: 1, m: 2, raw: 20 },
        { number: 2, name: 'PSU1', type: 8, states: 1 },
      ],
    });
    const { bmc } = pair;
    await bmc.command(commands.setSensorHysteresis, { sensor: 1, positive: 3, negative: 4 });
    assert.deepEqual(await bmc.command(commands.getSensorHysteresis, { sensor: 1 }), { positive: 3, negative: 4 });
    const masks = Uint8Array.of(0x81, 0x00, 0x02, 0x40);
    const change = { sensor: 1, eventsEnabled: true, scanningEnabled: false, change: 'disable', masks } as const;
    await bmc.command(commands.setSensorEventEnable, change);
    const events = await bmc.command(commands.getSensorEventEnable, { sensor: 1 });
    assert.deepEqual([events.scanningEnabled, [...events.masks]], [false, [0x7e, 0x7f, 0xfd, 0x3f]]);
    assert.equal((await bmc.command(commands.getSensorReading, { sensor: 1 })).scanningEnabled, false);
    const { factors } = await bmc.command(commands.getSensorReadingFactors, { sensor: 1, reading: 20 });
    assert.equal(factors[0], 2);
    const discrete = { sensor: 2, reading: 0 };
    await assert.rejects(bmc.command(commands.getSensorReadingFactors, discrete), { completionCode: 0xcd });
    const rearm = (sensor: number) =>
      bmc.command(commands.rearmSensorEvents, { sensor, selected: false, masks: new Uint8Array() });
    await rearm(1);
    await assert.rejects(rearm(9), { completionCode: 0xcb });
  });
});
