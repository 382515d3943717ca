import { framePorts } from '../links.ts';
import type { LabDisk, LabNic, LabNode, LinkKind } from '../state.ts';
import type { BootPlan, BootSource } from './boot-plan.ts';

const OVMF_CODE = '/usr/share/OVMF/OVMF_CODE_4M.fd';

/** A start of a machine. */
export interface Launch {
  readonly node: LabNode;
  readonly plan: BootPlan;
  /** The disks in the order in which the firmware tries them. */
  readonly disks: readonly LabDisk[];
  /** How the machine's cards are plugged into the switch. */
  readonly links: LinkKind;
  /** File in the CD drive, or null for an empty drive. */
  readonly medium: string | null;
}

const firmware = ({ node }: Launch): string[] =>
  node.firmware === 'uefi'
    ? [
        '-machine',
        'q35,graphics=off',
        '-drive',
        `if=pflash,format=raw,readonly=on,file=${OVMF_CODE}`,
        '-drive',
        `if=pflash,format=raw,file=${node.paths.nvram}`,
      ]
    : // Without graphics SeaBIOS and iPXE speak on the serial console. A firmware that halts at "no
      // bootable device" would never see a DHCP server that comes late, hence the reboot.
      ['-machine', 'pc,graphics=off', '-boot', 'reboot-timeout=3000'];

const monitors = ({ paths }: LabNode): string[] => [
  '-chardev',
  `socket,id=serial,path=${paths.serialSocket},server=on,wait=off,logfile=${paths.console},logappend=on`,
  '-serial',
  'chardev:serial',
  '-qmp',
  `unix:${paths.qmpControl},server=on,wait=off`,
  '-qmp',
  `unix:${paths.qmpSocket},server=on,wait=off`,
  '-pidfile',
  paths.pidFile,
  '-daemonize',
];

// A device has its disk's kind for an id, so that QEMU's monitor can pull it out (device_del).
const DISK_DEVICES: Readonly<Record<LabDisk['kind'], (disk: LabDisk) => string>> = {
  virtio: (disk) => `virtio-blk-pci,id=${disk.kind},drive=drive-${disk.kind},serial=${disk.serial}`,
  scsi: (disk) =>
    `scsi-hd,bus=scsi0.0,id=${disk.kind},drive=drive-${disk.kind},serial=${disk.serial}${disk.wwn === null ? '' : `,wwn=${disk.wwn}`}`,
  nvme: (disk) => `nvme,id=${disk.kind},drive=drive-${disk.kind},serial=${disk.serial}`,
};

// Written zeroes free the space of the image, so a full erase of a sparse disk stays cheap. A crash of
// the host may lose what a guest wrote: cache=unsafe is right for disks that live no longer than a lab.
const DRIVE = 'format=raw,if=none,discard=unmap,detect-zeroes=unmap,cache=unsafe';

type Index = (source: BootSource, thing: string) => string;

/** Gives bootindex values: the sources in the plan's order, and the devices of a source in theirs. */
const indexer = (launch: Launch): Index => {
  const things: Readonly<Record<BootSource, readonly string[]>> = {
    network: launch.node.nics.map((nic) => nic.tap),
    disks: launch.disks.map((disk) => disk.kind),
    cd: ['cd'],
  };
  const sequence = launch.plan.order.flatMap((source) => things[source].map((thing) => `${source} ${thing}`));
  return (source, thing) => {
    const index = sequence.indexOf(`${source} ${thing}`);
    return index < 0 ? '' : `,bootindex=${index}`;
  };
};

const disks = (launch: Launch, index: Index): string[] =>
  // Always in the node's own order, so that a disk keeps its place on the bus whatever is booted.
  launch.node.disks.flatMap((disk) => [
    '-drive',
    `file=${disk.path},id=drive-${disk.kind},${DRIVE}`,
    '-device',
    `${DISK_DEVICES[disk.kind](disk)}${index('disks', disk.kind)}`,
  ]);

const cd = (launch: Launch, index: Index): string[] => [
  '-drive',
  `if=none,id=cd,media=cdrom,readonly=on${launch.medium === null ? '' : `,format=raw,file=${launch.medium}`}`,
  '-device',
  `scsi-cd,bus=scsi0.0,drive=cd${index('cd', 'cd')}`,
];

const NETDEVS: Readonly<Record<LinkKind, (card: LabNic, number: number) => string>> = {
  // vnet_hdr=off: checksums left to hardware break TCP through the userspace switch.
  tap: (card, number) => `tap,id=net${number},ifname=${card.tap},script=no,downscript=no,vnet_hdr=off`,
  veth: (card, number) => {
    const { qemu, cable } = framePorts(card.link);
    const [local, remote] = [`local.port=${qemu}`, `remote.port=${cable}`];
    return `dgram,id=net${number},local.type=inet,local.host=127.0.0.1,${local},remote.type=inet,remote.host=127.0.0.1,${remote}`;
  },
};

const nic = (card: LabNic, links: LinkKind, index: Index, number: number): string[] => [
  '-netdev',
  NETDEVS[links](card, number),
  // With speed and duplex told, Linux accepts the card in an LACP bond.
  '-device',
  `virtio-net-pci,netdev=net${number},mac=${card.mac},speed=10000,duplex=full${index('network', card.tap)}`,
];

/** The arguments of qemu-system-x86_64 for this start. */
export const qemuArguments = (launch: Launch): string[] => {
  const { node } = launch;
  const index = indexer(launch);
  return [
    '-name',
    node.name,
    '-uuid',
    node.uuid,
    '-smbios',
    `type=1,manufacturer=Anneal,product=Virtual Metal,serial=${node.name},uuid=${node.uuid}`,
    '-accel',
    'tcg',
    '-cpu',
    'qemu64',
    '-smp',
    String(node.cpus),
    '-m',
    String(node.memoryMib),
    '-nodefaults',
    '-display',
    'none',
    '-vga',
    'none',
    ...firmware(launch),
    ...monitors(node),
    '-device',
    'virtio-rng-pci',
    '-device',
    'virtio-scsi-pci,id=scsi0',
    ...disks(launch, index),
    ...cd(launch, index),
    ...node.nics.flatMap((card, number) => nic(card, launch.links, index, number)),
  ];
};
