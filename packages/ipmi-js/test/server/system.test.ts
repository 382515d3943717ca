import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { commands } from '../../src/index.ts';
import type { VirtualSatellite } from '../../src/server/index.ts';
import { aPair } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

const WATCHDOG = {
  dontLog: false,
  dontStop: false,
  use: 4,
  preTimeoutInterrupt: 'none',
  action: 'power off',
  preTimeoutSeconds: 0,
  expiredUses: 0,
  countdown100ms: 3,
} as const;

describe('watchdog, system info and bridging of the virtual BMC', () => {
  let pair: Pair;
  afterEach(() => pair.stop());

  it('lets the watchdog act once when nobody resets it, and notes which use ran out', async () => {
    pair = await aPair();
    await assert.rejects(pair.bmc.command(commands.resetWatchdogTimer, {}), { completionCode: 0x80 });
    await pair.bmc.command(commands.setWatchdogTimer, WATCHDOG);
    assert.equal((await pair.bmc.command(commands.getWatchdogTimer, {})).running, false);
    await pair.bmc.command(commands.resetWatchdogTimer, {});
    const running = await pair.bmc.command(commands.getWatchdogTimer, {});
    assert.deepEqual([running.running, running.use, running.action, running.expiredUses], [true, 4, 'power off', 0]);
    assert.ok(running.present100ms > 0 && running.present100ms <= 3);
    await sleep(450);
    assert.deepEqual(pair.machine.acts, ['off']);
    const { running: still, expiredUses, present100ms } = await pair.bmc.command(commands.getWatchdogTimer, {});
    assert.deepEqual([still, expiredUses, present100ms], [false, 1 << 4, 3]);
    await pair.bmc.command(commands.setWatchdogTimer, { ...WATCHDOG, expiredUses: 1 << 4 });
    assert.equal((await pair.bmc.command(commands.getWatchdogTimer, {})).expiredUses, 0);
  });

  it('does nothing while the watchdog is reset in time', async () => {
    pair = await aPair();
    await pair.bmc.command(commands.setWatchdogTimer, { ...WATCHDOG, countdown100ms: 5 });
    for (let times = 0; times < 4; times += 1) {
      await pair.bmc.command(commands.resetWatchdogTimer, {});
      await sleep(200);
    }
    assert.deepEqual(pair.machine.acts, []);
  });

  it('keeps system info in blocks, and the firmware version from being written', async () => {
    pair = await aPair({ systemFirmware: 'fw 1.2' });
    const get = async (parameter: number, set = 0) => {
      const request = { revisionOnly: false, parameter, set, block: 0 };
      return Buffer.from((await pair.bmc.command(commands.getSystemInfo, request)).data).toString('latin1');
    };
    const set = (parameter: number, data: Buffer) => pair.bmc.command(commands.setSystemInfo, { parameter, data });
    assert.equal(await get(1), '\0\0\x06fw 1.2\0\0\0\0\0\0\0\0');
    await set(2, Buffer.from('\0\0\x14rack3-u12.exam', 'latin1'));
    await set(2, Buffer.from('\x01ple.ne', 'latin1'));
    assert.equal(await get(2), '\0\0\x14rack3-u12.exam');
    assert.equal(await get(2, 1), '\x01ple.ne\0\0\0\0\0\0\0\0\0\0');
    await assert.rejects(set(1, Buffer.from('\0\0\x01x', 'latin1')), { completionCode: 0x82 });
    await assert.rejects(get(0x60), { completionCode: 0x80 });
    await assert.rejects(get(2, 2), { completionCode: 0xc9 });
  });

  it('hands messages to controllers behind it, and to those behind them', async () => {
    const satellite = (address: number, more: Partial<VirtualSatellite> = {}): VirtualSatellite => ({
      channel: 6,
      address,
      answer: (netFn, cmd, data) =>
        cmd === 0x01
          ? { completionCode: 0, data: Uint8Array.of(address, netFn, ...data) }
          : Promise.reject(new Error('unknown')),
      ...more,
    });
    pair = await aPair({ satellites: [satellite(0x82, { behind: [satellite(0x72, { channel: 7 })] })] });
    const through = (bridge: object) => pair.another({ bridge: { targetAddress: 0x82, targetChannel: 6, ...bridge } });
    const single = await through({}).raw(0x06, 0x01, Uint8Array.of(9));
    assert.deepEqual([single.completionCode, [...single.data]], [0, [0x82, 0x06, 9]]);
    const route = { targetAddress: 0x72, targetChannel: 7, transitAddress: 0x82, transitChannel: 6 };
    const double = await through(route).raw(0x06, 0x01);
    assert.deepEqual([double.completionCode, [...double.data]], [0, [0x72, 0x06]]);
    assert.equal((await through({}).raw(0x06, 0x02)).completionCode, 0xc1);
    assert.equal((await through({ targetAddress: 0x44 }).raw(0x06, 0x01)).completionCode, 0x83);
    assert.equal((await through({ ...route, targetAddress: 0x44 }).raw(0x06, 0x01)).completionCode, 0x83);
  });
});
