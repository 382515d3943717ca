import assert from 'node:assert/strict';
import { MalformedError } from '../../src/codec/bytes.ts';
import { encode } from '../../src/codec/layout.ts';
import { NO_BOOT_FLAGS, bootFlagsLayout } from '../../src/commands/boot-flags.ts';
import { decodeBootFlags } from '../../src/commands/boot-options.ts';

const bytes = (flags: Partial<typeof NO_BOOT_FLAGS>): string =>
  Buffer.from(encode(bootFlagsLayout, { ...NO_BOOT_FLAGS, ...flags })).toString('hex');

describe('boot flags', () => {
  // Ironic's ipmitool driver writes these bytes: e0/a0 for UEFI persistent/once, device bytes 04 08 0c 14 18 24.
  it('are the bytes that Ironic sends', () => {
    const efi = { valid: true, efi: true } as const;
    assert.equal(bytes({ ...efi, persistent: true, device: 'pxe' }), 'e004000000');
    assert.equal(bytes({ ...efi, device: 'disk' }), 'a008000000');
    assert.equal(bytes({ ...efi, device: 'remote-media' }), 'a024000000');
    assert.equal(bytes({ valid: true, device: 'safe' }), '800c000000');
    assert.equal(bytes({ valid: true, device: 'cdrom' }), '8014000000');
    assert.equal(bytes({ valid: true, device: 'bios' }), '8018000000');
    assert.equal(bytes({ valid: true, clearCmos: true }), '8080000000');
  });

  it('keep every bit, reserved device codes included', () => {
    for (let value = 0; value < 256; value++) {
      for (const [position, mask] of [0xe0, 0xff, 0xff, 0x0f, 0x1f].entries()) {
        const raw = new Uint8Array(5);
        raw[position] = value;
        const back = encode(bootFlagsLayout, decodeBootFlags(raw));
        assert.equal(back[position], value & mask, `byte ${position + 1} = ${value}`);
      }
    }
  });

  it('read short answers of older BMCs as 00h and refuse less than two bytes', () => {
    assert.equal(decodeBootFlags(Uint8Array.of(0x80, 0x04)).device, 'pxe');
    assert.throws(() => decodeBootFlags(Uint8Array.of(0x80)), MalformedError);
  });
});
