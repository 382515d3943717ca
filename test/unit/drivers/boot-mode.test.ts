import assert from 'node:assert/strict';
import { bootModeOf } from '../../../drivers/boot-mode.ts';

const NODE = { instanceInfo: {}, properties: {}, bootMode: null };

describe('bootModeOf', () => {
  it('is UEFI when nobody says anything, as in Ironic', () => {
    assert.equal(bootModeOf(NODE), 'uefi');
  });

  it('asks the instance first, then the capabilities, then what was read', () => {
    assert.equal(bootModeOf({ ...NODE, bootMode: 'bios' }), 'bios');
    const capable = { ...NODE, bootMode: 'bios', properties: { capabilities: 'cpu_vt:true, boot_mode:uefi' } } as const;
    assert.equal(bootModeOf(capable), 'uefi');
    assert.equal(bootModeOf({ ...capable, instanceInfo: { capabilities: { boot_mode: 'bios' } } }), 'bios');
  });

  it('passes over capabilities that it cannot read', () => {
    for (const capabilities of [null, 7, 'boot_mode', { boot_mode: 7 }]) {
      assert.equal(bootModeOf({ ...NODE, properties: { capabilities } }), 'uefi');
    }
  });
});
