import assert from 'node:assert/strict';
import type { SatelliteAnswer } from '../../src/server/index.ts';
import { aPair } from '../support/pair.ts';

/** What Supermicro boards answer to DCMI commands: 1.1 by their word, 1.0 by their bytes, and no reading. */
const SUPERMICRO: Readonly<Record<number, readonly number[]>> = {
  0x01: [0xdc, 1, 1, 1, 0, 1, 1],
  0x02: [],
};

const GROUP = 0x2c;

describe('boards that differ from the specification', () => {
  it('claim DCMI power management and give no reading: not supported, rather than malformed', async () => {
    const answer = (netFn: number, cmd: number): SatelliteAnswer => {
      const data = netFn === GROUP ? SUPERMICRO[cmd] : undefined;
      return data === undefined
        ? { completionCode: 0xc1, data: new Uint8Array() }
        : { completionCode: 0, data: Uint8Array.from(data) };
    };
    const pair = await aPair({ satellites: [{ channel: 0, address: 0x82, answer }] });
    try {
      const { dcmi } = pair.another({ bridge: { targetAddress: 0x82, targetChannel: 0 } });
      const { major, minor, data } = await dcmi.capabilities();
      assert.deepEqual([major, minor, data[1]], [1, 1, 1]);
      await assert.rejects(dcmi.powerReading(), { code: 'IpmiUnsupported', retryable: false });
      await assert.rejects(dcmi.powerLimit(), { code: 'IpmiUnsupported', completionCode: 0xc1 });
    } finally {
      await pair.stop();
    }
  });
});
