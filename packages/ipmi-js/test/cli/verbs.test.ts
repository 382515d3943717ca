import assert from 'node:assert/strict';
import { UsageError, VERBS } from '../../src/cli/verbs.ts';
import { aPair } from '../support/pair.ts';

describe('command line verbs', () => {
  it('speak ipmitool’s words', async () => {
    const pair = await aPair({
      sensors: [{ number: 1, name: 'CPU Temp', type: 1, unit: 1, raw: 45 }],
      sel: [{ timestamp: 0x6000_0000, sensorType: 1, sensorNumber: 1, eventType: 1, data: [0x59, 95, 90] }],
    });
    const say = async (line: string): Promise<string> => {
      const [verb = '', ...words] = line.split(' ');
      return (await VERBS[verb]?.(pair.bmc, words))?.lines.join('\n') ?? '';
    };
    assert.equal(await say('power status'), 'Chassis Power is off');
    assert.equal(await say('power diag'), 'Chassis Power Control: diag');
    assert.deepEqual(pair.machine.acts, ['nmi']);
    await say('bootdev pxe options=efiboot,persistent');
    const { device, efi, persistent } = pair.server.bootFlags.get();
    assert.deepEqual([device, efi, persistent], ['pxe', true, true]);
    assert.match(await say('sdr'), /CPU Temp\s+\| 45 degrees C \| ok/);
    assert.match(await say('sel list'), /Temperature #1 \| Upper Critical going high asserted/);
    assert.match(await say('raw 0x00 0x01'), /^00 00 40/);
    assert.match(await say('user'), /2 \| admin \| enabled \| administrator/);
    await assert.rejects(say('power dance'), UsageError);
    await assert.rejects(say('bootdev moon'), UsageError);
    await pair.stop();
  });
});
