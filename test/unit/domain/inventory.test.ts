import assert from 'node:assert/strict';
import { describeDisk, isSameDisk, missingDisks } from '../../../domain/disks.ts';
import { disksIn, factsOf } from '../../../domain/inventory.ts';

/** Cut from an inventory of ironic-python-agent 13.0.0. */
const INVENTORY = {
  interfaces: [{ name: 'eth0', mac_address: '52:54:00:12:34:56' }],
  cpu: { model_name: 'QEMU', count: 2, architecture: 'x86_64' },
  memory: { total: 1_033_412_608, physical_mb: 1024 },
  disks: [
    { name: '/dev/vda', model: '', size: 5_368_709_120, serial: 'VBLK0', wwn: null },
    { name: '/dev/nvme0n1', model: 'QEMU NVMe', size: 6_442_450_944, serial: '', wwn: 'eui.0' },
  ],
  boot: { current_boot_mode: 'uefi', pxe_interface: '01-52-54-00-12-34-56' },
};

describe('an inventory', () => {
  it('yields Ironic’s properties, the boot mode and the NIC that booted', () => {
    assert.deepEqual(factsOf(INVENTORY), {
      properties: { cpu_arch: 'x86_64', cpus: 2, cpu_model: 'QEMU', memory_mb: 1024, local_gb: 4 },
      bootMode: 'uefi',
      pxeAddress: '52:54:00:12:34:56',
    });
  });

  it('leaves out what it does not say', () => {
    assert.deepEqual(factsOf({}), { properties: {}, bootMode: null, pxeAddress: null });
    assert.deepEqual(factsOf({ boot: { pxe_interface: 'eth0' }, disks: 'none', memory: 7 }).properties, {});
  });

  it('reads empty serial numbers as unknown ones', () => {
    const [first, second] = disksIn(INVENTORY);
    assert.deepEqual([first?.serial, first?.model, second?.serial, second?.wwn], ['VBLK0', null, null, 'eui.0']);
  });
});

describe('disks', () => {
  const disk = (name: string, serial: string | null, wwn: string | null = null) => ({ name, serial, wwn });

  it('are the same by serial number, whatever they are called', () => {
    assert.ok(isSameDisk(disk('/dev/sda', 'A'), disk('/dev/sdb', 'A')));
    assert.ok(!isSameDisk(disk('/dev/sda', 'A'), disk('/dev/sda', 'B')));
  });

  it('are the same by WWN when a serial number is unknown, and by name only when both are', () => {
    assert.ok(isSameDisk(disk('/dev/sda', null, 'w'), disk('/dev/sdb', 'B', 'w')));
    assert.ok(isSameDisk(disk('/dev/sda', null), disk('/dev/sda', 'B')));
    assert.ok(!isSameDisk(disk('/dev/sda', 'A'), disk('/dev/sda', null)));
  });

  it('are missing when nothing present is the same', () => {
    const inspected = [disk('/dev/sda', 'A'), disk('/dev/sdb', 'B')];
    assert.deepEqual(missingDisks(inspected, [disk('/dev/sda', 'B')]).map(describeDisk), ['/dev/sda (serial A)']);
  });
});
