import assert from 'node:assert/strict';
import { encodeRequest, decodeResponse } from '../../src/codec/message.ts';
import { commands } from '../../src/index.ts';
import type { VirtualI2cDevice } from '../../src/server/index.ts';
import { aPair } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

/** An EEPROM of 256 bytes: one byte sets the address, more are written from there on. */
function anEeprom(address: number): VirtualI2cDevice {
  const memory = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  let at = 0;
  return {
    address,
    busId: 2,
    transfer: ([first, ...more], readCount) => {
      at = first ?? at;
      memory.set(more, at);
      return memory.subarray(at, at + readCount);
    },
  };
}

describe('buses behind the virtual BMC', () => {
  let pair: Pair;
  afterEach(() => pair.stop());

  const access = (address: number, write: number[], readCount: number, more: object = {}) =>
    pair.bmc.command(commands.masterWriteRead, {
      channel: 0,
      busId: 2,
      private: false,
      address,
      readCount,
      write: Uint8Array.from(write),
      ...more,
    });

  it('writes to an I2C device and reads from it', async () => {
    pair = await aPair({ i2c: [anEeprom(0x50)] });
    assert.deepEqual([...(await access(0x50, [0x10], 4)).data], [0x10, 0x11, 0x12, 0x13]);
    await access(0x50, [0x11, 0xaa, 0xbb], 0);
    assert.deepEqual([...(await access(0x50, [0x10], 4)).data], [0x10, 0xaa, 0xbb, 0x13]);
  });

  it('says when nobody is there, and when fewer bytes came than were asked for', async () => {
    pair = await aPair({ i2c: [anEeprom(0x50)] });
    await assert.rejects(access(0x51, [0], 1), { completionCode: 0x83 });
    await assert.rejects(access(0x50, [0], 1, { busId: 1 }), { completionCode: 0x83 });
    await assert.rejects(access(0x50, [0xfe], 4), { completionCode: 0x84 });
  });

  it('keeps the answer to a message sent without tracking until Get Message takes it', async () => {
    const satellite = { channel: 6, address: 0x82, answer: () => ({ completionCode: 0, data: Uint8Array.of(7) }) };
    pair = await aPair({ satellites: [satellite] });
    const empty = { completionCode: 0x80 };
    await assert.rejects(pair.bmc.command(commands.getMessage, {}), empty);
    const request = { rsAddr: 0x82, rsLun: 0, rqAddr: 0x20, rqSeq: 9, rqLun: 0, netFn: 0x06, cmd: 0x01 };
    const message = encodeRequest({ ...request, data: new Uint8Array() });
    const head = { tracking: 'none', encrypt: false, authenticate: false, channel: 6 } as const;
    const sent = await pair.bmc.command(commands.sendMessage, { ...head, message });
    assert.equal(sent.message.length, 0);
    const taken = await pair.bmc.command(commands.getMessage, {});
    assert.equal(taken.channel, 6);
    // The address of the receiver is not told, as it is the BMC itself.
    const { rsAddr, rqSeq, cmd, data } = decodeResponse(Buffer.concat([Uint8Array.of(0x20), taken.message]));
    assert.deepEqual([rsAddr, rqSeq, cmd, [...data]], [0x82, 9, 0x01, [7]]);
    await assert.rejects(pair.bmc.command(commands.getMessage, {}), empty);
  });
});
