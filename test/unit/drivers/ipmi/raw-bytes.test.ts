import assert from 'node:assert/strict';
import { parseRawBytes } from '../../../../drivers/ipmi/raw-bytes.ts';

describe('raw bytes for a BMC', () => {
  for (const [text, netFn, cmd, data] of [
    ['0x06 0x01', 6, 1, []],
    ['  0x2c 0x02 0xdc 1\t255 ', 0x2c, 2, [0xdc, 1, 255]],
    ['0 010 0X0a', 0, 8, [10]],
  ] as const) {
    it(`are read from "${text}"`, () => {
      assert.deepEqual(parseRawBytes(text), { netFn, cmd, data: Uint8Array.from(data) });
    });
  }

  for (const text of [
    '',
    '0x06',
    '0x06 0x100',
    '0x06 1.5',
    '0x06 -1',
    '0x06 09',
    '0x06 zz',
    '0x40 0x01',
    '0x07 0x01',
  ]) {
    it(`are refused as "${text}", without a word of them`, () => {
      assert.throws(() => parseRawBytes(text), {
        code: 'InvalidParameterValue',
        message: /^raw_bytes: (number \d+ is no byte|a network function|the network function)/,
      });
    });
  }

  it('are refused when they are no text', () => {
    assert.throws(() => parseRawBytes([6, 1]), { code: 'InvalidParameterValue' });
  });
});
