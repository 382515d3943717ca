import assert from 'node:assert/strict';
import { commands } from '../../src/index.ts';
import { aPair } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

const BASEBOARD = 0x42;
const TEMPERATURE = 1;

describe('DCMI of the virtual BMC', () => {
  let pair: Pair;
  afterEach(() => pair.stop());

  it('holds a power limit, reported while it is active', async () => {
    pair = await aPair({ watts: 210 });
    const { dcmi } = pair.bmc;
    await assert.rejects(dcmi.powerLimit(), { completionCode: 0x80 });
    await dcmi.setPowerLimit({ watts: 400, action: 0x11, correctionMs: 6_000, samplingSeconds: 30 });
    assert.deepEqual(await dcmi.powerLimit(), { action: 0x11, watts: 400, correctionMs: 6_000, samplingSeconds: 30 });
    await assert.rejects(dcmi.setPowerLimit({ watts: 0 }), { completionCode: 0x84 });
    await dcmi.clearPowerLimit();
    await assert.rejects(dcmi.powerLimit(), { completionCode: 0x80 });
  });

  it('tells the limit that it holds also while it is not active, behind 80h', async () => {
    pair = await aPair({ watts: 210 });
    const ask = async () => pair.bmc.raw(0x2c, 0x03, Uint8Array.of(0xdc, 0, 0));
    const unset = await ask();
    assert.deepEqual(
      [unset.completionCode, Buffer.from(unset.data).toString('hex')],
      [0x80, 'dc0000000000e803000000000100'],
    );
    await pair.bmc.dcmi.setPowerLimit({ watts: 400 });
    await pair.bmc.dcmi.clearPowerLimit();
    const held = await ask();
    assert.deepEqual([held.completionCode, Buffer.from(held.data).readUInt16LE(4)], [0x80, 400]);
  });

  it('knows no power when it is not told its watts', async () => {
    pair = await aPair();
    await assert.rejects(pair.bmc.dcmi.powerLimit(), { completionCode: 0xc1 });
    await assert.rejects(pair.bmc.dcmi.setPowerLimit({ watts: 400 }), { completionCode: 0xc1 });
    assert.deepEqual([...(await pair.bmc.dcmi.capabilities(1)).data], [0, 0, 0]);
  });

  it('names its capabilities, and parameters that there are not', async () => {
    pair = await aPair({ watts: 1 });
    const { major, minor, data } = await pair.bmc.dcmi.capabilities(1);
    assert.deepEqual([major, minor, data[1]], [1, 5, 1]);
    for (const parameter of [2, 3, 4]) assert.ok((await pair.bmc.dcmi.capabilities(parameter)).data.length >= 2);
    await assert.rejects(pair.bmc.dcmi.capabilities(9), { completionCode: 0xcc });
  });

  it('keeps an asset tag and its own name in pieces', async () => {
    pair = await aPair({ assetTag: 'rack3-u12, bought in 2024' });
    assert.equal(await pair.bmc.dcmi.assetTag(), 'rack3-u12, bought in 2024');
    const write = (offset: number, text: string) =>
      pair.bmc.command(commands.setDcmiAssetTag, { offset, count: text.length, data: Buffer.from(text) });
    assert.equal((await write(0, 'row-b-rack-07-u-')).total, 16);
    assert.equal((await write(16, '31')).total, 18);
    assert.equal(await pair.bmc.dcmi.assetTag(), 'row-b-rack-07-u-31');
    await assert.rejects(write(30, 'gap'), { completionCode: 0xc9 });
    await assert.rejects(write(0, 'more than sixteen'), { completionCode: 0xc9 });
    const name = Buffer.from('bmc-07\0');
    await pair.bmc.command(commands.setDcmiControllerId, { offset: 0, count: name.length, data: name });
    const { total, data } = await pair.bmc.command(commands.getDcmiControllerId, { offset: 0, count: 16 });
    assert.deepEqual([total, Buffer.from(data).toString()], [7, 'bmc-07\0']);
  });

  it('finds the temperatures of an entity, with their signs', async () => {
    const sensor = { type: TEMPERATURE, unit: 1 };
    pair = await aPair({
      sensors: [
        { ...sensor, number: 1, name: 'Board 1', raw: 41 },
        { ...sensor, number: 2, name: 'Board 2', entityInstance: 2, b: -50, raw: 37 },
        { ...sensor, number: 3, name: 'CPU', entityId: 3, raw: 60 },
        { ...sensor, number: 4, name: 'Board 3', entityInstance: 3 },
      ],
    });
    const asked = { sensorType: TEMPERATURE, entityId: BASEBOARD, instance: 0, start: 1 };
    const info = await pair.bmc.command(commands.getDcmiSensorInfo, asked);
    assert.deepEqual([info.total, [...info.recordIds]], [3, [1, 0, 2, 0, 4, 0]]);
    const { total, count, readings } = await pair.bmc.command(commands.getDcmiTemperatures, asked);
    assert.deepEqual([total, count, [...readings]], [3, 2, [41, 1, 0x80 | 13, 2]]);
    const one = await pair.bmc.command(commands.getDcmiTemperatures, { ...asked, entityId: 0x41, instance: 1 });
    assert.deepEqual([...one.readings], [60, 1]);
  });
});
