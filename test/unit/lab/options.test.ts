import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseUp } from '../../../lab/options.ts';

describe('parseUp', () => {
  it('says only what was said, so that a lab keeps what it remembers', () => {
    assert.deepEqual(parseUp([]), {});
  });

  it('reads every flag', () => {
    const args =
      '--nodes 3 --name x --firmware bios,uefi --nics 2 --memory-mib 512 --live-from http --temporal-port 1 --api-port 2 --rootless';
    assert.deepEqual(parseUp(args.split(' ')), {
      nodes: 3,
      name: 'x',
      firmware: ['bios', 'uefi'],
      nics: 2,
      memoryMib: 512,
      liveFrom: 'http',
      temporalPort: 1,
      apiPort: 2,
      mode: 'rootless',
    });
  });

  it('names a wrong flag', () => {
    assert.throws(() => parseUp(['--nodes', '0']), /--nodes is "0"/);
    assert.throws(() => parseUp(['--firmware', 'bios,coreboot']), /--firmware is "coreboot", but may be uefi or bios/);
    assert.throws(() => parseUp(['--noodles', '3']), /noodles/);
  });
});
