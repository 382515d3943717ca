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

  it('holds a DCMI power limit, reported while it is active', async () => {
    pair = await aPair({ watts: 210 });
    const { dcmi } = pair.bmc;
    await assert.rejects(dcmi.powerLimit(), { completionCode: 0x80 });
    await dcmi.setPowerLimit({ watts: 400, action: 0x11, correctionMs: 6_000, samplingSeconds: 30 });
    assert.deepEqual(await dcmi.powerLimit(), { action: 0x11, watts: 400, correctionMs: 6_000, samplingSeconds: 30 });
    await assert.rejects(dcmi.setPowerLimit({ watts: 0 }), { completionCode: 0x84 });
    await dcmi.clearPowerLimit();
    await assert.rejects(dcmi.powerLimit(), { completionCode: 0x80 });
  });

  it('knows no DCMI power when it is not told its watts', async () => {
    pair = await aPair();
    await assert.rejects(pair.bmc.dcmi.powerLimit(), { completionCode: 0xc1 });
    await assert.rejects(pair.bmc.dcmi.setPowerLimit({ watts: 400 }), { completionCode: 0xc1 });
  });
});
