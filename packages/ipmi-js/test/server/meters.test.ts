import assert from 'node:assert/strict';
import { commands } from '../../src/index.ts';
import { HoursCounter } from '../../src/server/hours-counter.ts';
import { PowerMeter } from '../../src/server/power-meter.ts';
import { aPair, until } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

describe('the power-on hours', () => {
  it('count what was seen on, and nothing while off', () => {
    let now = 0;
    const hours = new HoursCounter(90, () => now);
    assert.equal(hours.minutes, 90);
    const after = (minutes: number, power: 'on' | 'off'): number => {
      now += minutes * 60_000;
      hours.observe(power);
      return hours.minutes;
    };
    assert.deepEqual(
      [after(5, 'on'), after(10, 'on'), after(2.5, 'off'), after(60, 'off'), after(1, 'on'), after(0.5, 'off')],
      [90, 100, 102, 102, 102, 103],
    );
  });

  it('are each machine’s own, through its BMC', async () => {
    const [young, old] = [await aPair(), await aPair({ ranMinutes: 26 * 60 + 30 })];
    try {
      const counters = [young, old].map(({ bmc }) => bmc.command(commands.getPohCounter, {}));
      assert.deepEqual(await Promise.all(counters), [
        { minutesPerCount: 60, counter: 0 },
        { minutesPerCount: 60, counter: 26 },
      ]);
    } finally {
      await young.stop();
      await old.stop();
    }
  });
});

describe('the power meter', () => {
  it('gives lowest, highest and mean of its samples since it was started', () => {
    let now = 1_000;
    const load = [210, 90, 300, 100];
    const meter = new PowerMeter(
      () => load.shift() ?? 0,
      () => now,
    );
    assert.deepEqual(meter.read(), { watts: 210, minimum: 210, maximum: 210, average: 210, periodMs: 0 });
    now += 1_500;
    meter.read();
    meter.read();
    assert.deepEqual(meter.read(), { watts: 100, minimum: 90, maximum: 300, average: 175, periodMs: 1_500 });
    load.push(70);
    meter.start();
    assert.deepEqual(meter.read(), { watts: 70, minimum: 70, maximum: 70, average: 70, periodMs: 0 });
    meter.stop();
  });

  it('measures by itself while its BMC runs', async () => {
    let load = 100;
    let measured = 0;
    const pair = await aPair({ watts: () => ((measured += 1), load) });
    try {
      await until(() => measured === 1);
      load = 500;
      await until(() => measured === 2);
      load = 300;
      const { watts, minimum, maximum, average, active, periodMs } = await pair.bmc.dcmi.powerReading();
      assert.deepEqual([watts, minimum, maximum, average, active], [300, 100, 500, 300, true]);
      assert.ok(periodMs >= 1_900, `${periodMs} ms`);
    } finally {
      await pair.stop();
    }
    const last = measured;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    assert.equal(measured, last, 'nothing is measured after the stop');
  }).timeout(10_000);
});

describe('the identify light', () => {
  let pair: Pair;
  before(async () => {
    pair = await aPair();
  });
  after(() => pair.stop());

  it('shows in the chassis status: off, on for a time, on for good', async () => {
    const light = async () => (await pair.bmc.getChassisStatus()).identify;
    assert.equal(await light(), 'off');
    await pair.bmc.identify(1);
    assert.equal(await light(), 'timed');
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    assert.equal(await light(), 'off', 'the second is over');
    await pair.bmc.identify('forever');
    assert.equal(await light(), 'on');
    await pair.bmc.identify(0);
    assert.equal(await light(), 'off');
  });
});
