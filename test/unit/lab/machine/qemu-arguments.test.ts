import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { qemuArguments } from '../../../../lab/machine/qemu-arguments.ts';
import type { Launch } from '../../../../lab/machine/qemu-arguments.ts';
import { planNode } from '../../../../lab/nodes.ts';
import type { Firmware, LabNode } from '../../../../lab/state.ts';

const aNode = (firmware: Firmware, nics = 1): LabNode =>
  planNode(
    {
      name: 'unit',
      directory: '/lab/unit',
      socketDirectory: '/run/unit',
      switch: { name: 'lab-switch', bridge: 'br0', switchId: '02:00:00:00:00:01', ovsdb: '', ovsdbSocket: '' },
    },
    0,
    { firmware: [firmware], nics, memoryMib: 1024 },
  );

const argumentsOf = (change: Partial<Launch> = {}): string[] => {
  const node = change.node ?? aNode('uefi');
  return qemuArguments({
    node,
    plan: { order: ['network', 'disks'] },
    disks: node.disks,
    links: 'tap',
    medium: null,
    ...change,
  });
};

const deviceOf = (args: readonly string[], kind: string): string =>
  args.find((word) => word.startsWith(`${kind},`)) ?? '';

describe('qemuArguments', () => {
  it('numbers the boot devices in the order of the plan', () => {
    const args = argumentsOf();
    assert.match(deviceOf(args, 'virtio-net-pci'), /,bootindex=0$/);
    assert.match(deviceOf(args, 'virtio-blk-pci'), /,bootindex=1$/);
    assert.match(deviceOf(args, 'scsi-hd'), /,bootindex=2$/);
    assert.match(deviceOf(args, 'nvme'), /,bootindex=3$/);
  });

  it('gives no boot index to what the plan leaves out', () => {
    const args = argumentsOf({ plan: { order: ['disks'] } });
    assert.doesNotMatch(deviceOf(args, 'virtio-net-pci'), /bootindex/);
    assert.doesNotMatch(deviceOf(args, 'scsi-cd'), /bootindex/);
  });

  it('keeps the disks in their places on the bus whichever is booted', () => {
    const node = aNode('bios');
    const [virtio, scsi, nvme] = node.disks;
    assert.ok(virtio !== undefined && scsi !== undefined && nvme !== undefined);
    const args = argumentsOf({ node, plan: { order: ['disks'] }, disks: [nvme, virtio, scsi] });
    assert.match(deviceOf(args, 'nvme'), /,bootindex=0$/);
    assert.ok(args.indexOf(deviceOf(args, 'virtio-blk-pci')) < args.indexOf(deviceOf(args, 'nvme')));
  });

  it('puts the medium into the CD drive, never on a disk bus', () => {
    const args = argumentsOf({ medium: '/cache/agent.squashfs' });
    const drives = args.filter((word) => word.includes('agent.squashfs'));
    assert.deepEqual(drives, ['if=none,id=cd,media=cdrom,readonly=on,format=raw,file=/cache/agent.squashfs']);
  });

  it('gives UEFI machines their own variables and BIOS machines a firmware that tries again', () => {
    assert.ok(argumentsOf().includes('if=pflash,format=raw,file=/lab/unit/nodes/node-1/nvram.fd'));
    const bios = argumentsOf({ node: aNode('bios') });
    assert.ok(!bios.some((word) => word.includes('pflash')));
    assert.ok(bios.includes('reboot-timeout=3000'));
  });

  it('exchanges frames by datagrams where there are no taps, on ports that no two cards share', () => {
    const ports = argumentsOf({ node: aNode('uefi', 2), links: 'veth' }).flatMap((word) =>
      [...word.matchAll(/(?:local|remote)\.port=(\d+)/g)].map((match) => match[1]),
    );
    assert.equal(new Set(ports).size, 4);
  });

  it('plugs each card into its own tap', () => {
    const args = argumentsOf({ node: aNode('uefi', 2) });
    assert.equal(args.filter((word) => /^tap,id=net[01],ifname=node-1-[01],.*vnet_hdr=off$/.test(word)).length, 2);
  });
});
