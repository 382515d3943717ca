import assert from 'node:assert/strict';
import { commands } from '../../src/index.ts';
import { PEF_PARAMETER } from '../../src/commands/pef-parameters.ts';
import { aPair } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

describe('platform event filtering of the virtual BMC', () => {
  let pair: Pair;
  afterEach(() => pair.stop());

  const get = async (parameter: number, set = 0, block = 0): Promise<number[]> => {
    const request = { revisionOnly: false, parameter, set, block };
    return [...(await pair.bmc.command(commands.getPefConfiguration, request)).data];
  };
  const put = (parameter: number, ...bytes: number[]) =>
    pair.bmc.command(commands.setPefConfiguration, { parameter, data: Uint8Array.from(bytes) });

  it('keeps its settings, and the counts from being written', async () => {
    pair = await aPair();
    await put(PEF_PARAMETER.control, 0b11);
    assert.deepEqual(await get(PEF_PARAMETER.control), [0b11]);
    assert.deepEqual(await get(PEF_PARAMETER.filterCount), [4]);
    await assert.rejects(put(PEF_PARAMETER.filterCount, 9), { completionCode: 0x82 });
    await assert.rejects(get(99), { completionCode: 0x80 });
    const { filters } = await pair.bmc.command(commands.getPefCapabilities, {});
    assert.equal(filters, 4);
  });

  it('keeps event filters row by row, also their first byte alone', async () => {
    pair = await aPair();
    const row = [2, 0xc0, 0x01, 0x20, 0x10, 0xff, 0xff, 0x01, 0xff, 0x01, ...Array.from({ length: 11 }, () => 0)];
    await put(PEF_PARAMETER.filters, ...row);
    assert.deepEqual(await get(PEF_PARAMETER.filters, 2), row);
    assert.deepEqual(await get(PEF_PARAMETER.filters, 1), [1, ...Array.from({ length: 20 }, () => 0)]);
    await put(PEF_PARAMETER.filterConfigurations, 2, 0x40);
    assert.deepEqual(await get(PEF_PARAMETER.filterConfigurations, 2), [2, 0x40]);
    assert.deepEqual(await get(PEF_PARAMETER.filters, 2), [2, 0x40, ...row.slice(2)]);
    await assert.rejects(put(PEF_PARAMETER.filters, 5, ...row.slice(1)), { completionCode: 0xc9 });
    await assert.rejects(put(PEF_PARAMETER.filters, 1, 2, 3), { completionCode: 0xc7 });
  });

  it('keeps alert policies and strings in blocks', async () => {
    pair = await aPair();
    await put(PEF_PARAMETER.policies, 1, 0x18, 0x11, 0x81);
    assert.deepEqual(await get(PEF_PARAMETER.policies, 1), [1, 0x18, 0x11, 0x81]);
    await put(PEF_PARAMETER.strings, 1, 2, ...Buffer.from('fan'));
    assert.deepEqual((await get(PEF_PARAMETER.strings, 1, 2)).slice(0, 6), [1, 2, ...Buffer.from('fan'), 0]);
    await assert.rejects(get(PEF_PARAMETER.strings, 1, 9), { completionCode: 0xc9 });
  });

  it('counts the postpone timer down, and tells when it is switched off', async () => {
    pair = await aPair();
    const arm = async (seconds: number) => (await pair.bmc.command(commands.armPefPostponeTimer, { seconds })).seconds;
    assert.equal(await arm(0xff), 0);
    assert.equal(await arm(2), 2);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    assert.equal(await arm(0xff), 2, 'nothing is left to be dealt with');
    const recordId = await pair.bmc.sel.add({ sensor: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    assert.equal(await arm(0xff), 1);
    await pair.bmc.command(commands.setLastProcessedEventId, { byBmc: false, recordId });
    assert.equal(await arm(0xff), 2);
    assert.equal(await arm(0xfe), 0xfe);
    assert.equal(await arm(0), 0);
  });

  it('notes the last event that software and BMC dealt with', async () => {
    pair = await aPair({ sel: [{ sensorType: 1, sensorNumber: 1, eventType: 1, data: [0, 0, 0] }] });
    await pair.bmc.command(commands.setLastProcessedEventId, { byBmc: false, recordId: 1 });
    const { lastRecord, lastBySoftware, lastByBmc } = await pair.bmc.command(commands.getLastProcessedEventId, {});
    assert.deepEqual([lastRecord, lastBySoftware, lastByBmc], [1, 1, 0xffff]);
  });

  it('sends alerts, one at a time, and tells how they went', async () => {
    const ends: { done: () => void; failed: (error: Error) => void }[] = [];
    const sent: number[] = [];
    const onAlert = (destination: number): Promise<void> => {
      sent.push(destination);
      return new Promise((done, failed) => ends.push({ done, failed }));
    };
    pair = await aPair({ onAlert });
    const alert = (operation: 'initiate' | 'status' | 'clear') => {
      const request = { channel: 1, operation, destination: 3, sendString: false, string: 0 };
      return pair.bmc.command(commands.alertImmediate, request);
    };
    const status = async () => (await alert('status')).status;
    assert.equal(await status(), 0);
    await alert('initiate');
    assert.equal(await status(), 0xff);
    await assert.rejects(alert('initiate'), { completionCode: 0x81 });
    ends[0]?.done();
    assert.equal(await status(), 1);
    await alert('initiate');
    ends[1]?.failed(new Error('no acknowledgement'));
    assert.equal(await status(), 3);
    await alert('clear');
    assert.equal(await status(), 0);
    assert.deepEqual(sent, [3, 3]);
  });

  it('has no alerts where nobody sends them', async () => {
    pair = await aPair();
    const request = { channel: 1, operation: 'initiate', destination: 1, sendString: false, string: 0 } as const;
    await assert.rejects(pair.bmc.command(commands.alertImmediate, request), { completionCode: 0xcb });
  });

  it('logs platform events unless logging is switched off', async () => {
    pair = await aPair();
    const event = {
      eventRevision: 4,
      sensorType: 1,
      sensor: 1,
      deassertion: false,
      eventType: 1,
      data: new Uint8Array(3),
    };
    await pair.bmc.command(commands.platformEvent, event);
    const enables = await pair.bmc.command(commands.getBmcGlobalEnables, {});
    assert.equal(enables.selLogging, true);
    await pair.bmc.command(commands.setBmcGlobalEnables, { ...enables, selLogging: false });
    await pair.bmc.command(commands.platformEvent, event);
    assert.equal((await pair.bmc.sel.info()).entries, 1);
  });
});
