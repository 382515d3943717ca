import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, cp, mkdir, open, rm, symlink, truncate, writeFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../run.ts';
import { cached } from './cache.ts';
import { template, templatePath } from './context.ts';
import type { BuildContext } from './context.ts';
import { buildInitrd } from './initrd.ts';
import { baseParts } from './kernel.ts';
import type { BaseParts } from './kernel.ts';

const MIB = 1024 * 1024;
const SECTOR = 512;
/** Boot partition: FAT32 with kernel and initrd, read by syslinux (BIOS) and systemd-boot (UEFI). */
const BOOT = { startMib: 1, sizeMib: 64 } as const;
const ROOT = { startMib: 65, sizeMib: 96 } as const;
const IMAGE_MIB = 162;

const MODULES = [
  'virtio_pci',
  'virtio_net',
  'virtio_blk',
  'virtio_scsi',
  'sd_mod',
  'button',
  'evdev',
  'isofs',
  'efivarfs',
  'vfat',
  'nls_cp437',
  'nls_ascii',
  'bonding',
  '8021q',
];
const KERNEL_ARGUMENTS = 'console=ttyS0 quiet panic=5 unknown_nmi_panic';
const COMMANDS =
  'awk cat chmod cp cut date dd df dmesg echo false findfs free grep halt head hostname httpd id ifconfig init ip kill ln login ls mkdir modprobe mount mv nc ping poweroff ps pwd reboot rm sed setsid sh sleep stty sync tail test touch true udhcpc umount uname uptime vi wc wget which'.split(
    ' ',
  );
const SBIN_COMMANDS = ['init', 'getty', 'reboot', 'poweroff', 'modprobe', 'udhcpc', 'findfs'];
const FOLDERS = [
  'bin',
  'sbin',
  'usr/bin',
  'usr/sbin',
  'dev',
  'proc',
  'sys',
  'run',
  'tmp',
  'mnt/config',
  'root',
  'var',
  'srv/www',
  'etc/anneal',
  'lib/modules',
];

const SYSLINUX_CONFIG = `SERIAL 0 115200
DEFAULT anneal
PROMPT 0
LABEL anneal
 LINUX /vmlinuz
 INITRD /initrd.gz
 APPEND ${KERNEL_ARGUMENTS}
`;
const LOADER_CONFIG = 'timeout 0\ndefault anneal.conf\n';
const LOADER_ENTRY = `title Anneal lab system\nlinux /vmlinuz\ninitrd /initrd.gz\noptions ${KERNEL_ARGUMENTS}\n`;

const TEMPLATE_FILES: Readonly<Record<string, string>> = {
  'etc/anneal/start': 'os-start',
  'etc/anneal/flatten-json.awk': 'flatten-json.awk',
  'etc/anneal/udhcpc.sh': 'udhcpc.sh',
  'etc/inittab': 'os-inittab',
  'etc/passwd': 'os-passwd',
  'etc/shadow': 'os-shadow',
};

const buildRoot = async (base: BaseParts, initrdTree: string, root: string): Promise<void> => {
  for (const folder of FOLDERS) await mkdir(join(root, folder), { recursive: true });
  await copyFile(base.busybox, join(root, 'bin/busybox'));
  for (const name of COMMANDS) await symlink('busybox', join(root, 'bin', name));
  for (const name of SBIN_COMMANDS) await symlink('../bin/busybox', join(root, 'sbin', name));
  for (const [path, name] of Object.entries(TEMPLATE_FILES)) {
    await copyFile(templatePath(name), join(root, path));
    await chmod(join(root, path), path === 'etc/shadow' ? 0o600 : 0o755);
  }
  await cp(initrdTree, join(root, 'lib/modules'), { recursive: true });
};

const placePartition = async (image: string, part: string, startMib: number): Promise<void> => {
  const target = await open(image, 'r+');
  try {
    await pipeline(createReadStream(part, { highWaterMark: MIB }), target.createWriteStream({ start: startMib * MIB }));
  } finally {
    await target.close().catch(() => undefined);
  }
};

/** GPT, so that an agent can enter the system into a firmware's boot list; BIOS machines find the marked partition. */
const partition = async (image: string): Promise<void> => {
  const line = ({ startMib, sizeMib }: typeof BOOT | typeof ROOT, rest: string): string =>
    `start=${(startMib * MIB) / SECTOR}, size=${(sizeMib * MIB) / SECTOR}, ${rest}`;
  const table = ['label: gpt', line(BOOT, 'type=U, attrs=LegacyBIOSBootable'), line(ROOT, 'type=L'), ''];
  await run('sfdisk', ['-q', image], { input: table.join('\n') });
  const boot = await open(image, 'r+');
  try {
    const code = await readFile('/usr/lib/syslinux/mbr/gptmbr.bin');
    await boot.write(code, 0, Math.min(code.length, 440), 0);
  } finally {
    await boot.close();
  }
};

const fillBoot = async (image: string, base: BaseParts, initrd: string, scratch: string): Promise<void> => {
  const fat = `${image}@@${BOOT.startMib}M`;
  const sectors = (BOOT.sizeMib * MIB) / SECTOR;
  await run('mformat', [
    '-i',
    fat,
    '-F',
    '-c',
    '1',
    '-T',
    String(sectors),
    '-h',
    '64',
    '-s',
    '32',
    '-H',
    String((BOOT.startMib * MIB) / SECTOR),
    '-v',
    'ANNEALBOOT',
    '::',
  ]);
  await run('mmd', ['-i', fat, '::/EFI', '::/EFI/BOOT', '::/loader', '::/loader/entries', '::/syslinux']);
  const texts: Readonly<Record<string, string>> = {
    'syslinux/syslinux.cfg': SYSLINUX_CONFIG,
    'loader/loader.conf': LOADER_CONFIG,
    'loader/entries/anneal.conf': LOADER_ENTRY,
  };
  for (const [path, text] of Object.entries(texts)) {
    const file = join(scratch, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await run('mcopy', ['-i', fat, file, `::/${path}`]);
  }
  await run('mcopy', ['-i', fat, base.systemdBoot, '::/EFI/BOOT/BOOTX64.EFI']);
  await run('mcopy', ['-i', fat, base.vmlinuz, '::/vmlinuz']);
  await run('mcopy', ['-i', fat, initrd, '::/initrd.gz']);
  await run('syslinux', ['--offset', String(BOOT.startMib * MIB), '--directory', '/syslinux', '--install', image]);
};

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

const build = async (base: BaseParts, directory: string): Promise<void> => {
  const at = (name: string): string => join(directory, name);
  const scripts = { 'etc/none': '' };
  await buildInitrd({ base, init: await template('os-initrd-init'), modules: MODULES, scripts }, at('initrd.gz'));
  await run('sh', ['-c', 'mkdir tree && cd tree && gzip -dc ../initrd.gz | cpio --quiet -id "lib/modules/*"'], {
    cwd: directory,
  });
  await buildRoot(base, at('tree/lib/modules'), at('root'));
  await run('mke2fs', [
    '-q',
    '-t',
    'ext4',
    '-L',
    'anneal-root',
    '-E',
    'lazy_itable_init=0,root_owner=0:0',
    '-d',
    at('root'),
    at('root.ext4'),
    `${ROOT.sizeMib}M`,
  ]);
  const image = at('anneal-os.raw');
  await writeFile(image, '');
  await truncate(image, IMAGE_MIB * MIB);
  await partition(image);
  await fillBoot(image, base, at('initrd.gz'), at('scratch'));
  await placePartition(image, at('root.ext4'), ROOT.startMib);
  await run('qemu-img', ['convert', '-q', '-c', '-O', 'qcow2', image, at('anneal-os.qcow2')], { timeoutMs: 300_000 });
  for (const name of ['tree', 'root', 'scratch', 'root.ext4', 'initrd.gz']) await rm(at(name), { recursive: true });
  const sums = { raw: await sha256Of(image), qcow2: await sha256Of(at('anneal-os.qcow2')) };
  await writeFile(at('sha256.json'), JSON.stringify(sums));
};

/** The lab's operating system as a whole disk image in two formats. */
export interface OsImage {
  readonly raw: string;
  readonly rawSha256: string;
  readonly qcow2: string;
  readonly qcow2Sha256: string;
}

/**
 * A small system that boots by BIOS and by UEFI from any kind of disk, reads its config drive, has a
 * login on the serial console (root, password "anneal") and serves a web page. Needs no root to build.
 */
export const osImage = async (context: BuildContext): Promise<OsImage> => {
  const base = await baseParts(context);
  const templates = await Promise.all(['os-initrd-init', ...Object.values(TEMPLATE_FILES)].map(template));
  const inputs = [
    'gpt',
    base.version,
    ...MODULES,
    ...COMMANDS,
    SYSLINUX_CONFIG,
    LOADER_CONFIG,
    LOADER_ENTRY,
    JSON.stringify([BOOT, ROOT, IMAGE_MIB]),
    ...templates,
  ];
  const directory = await cached({
    ...context,
    name: 'os-image',
    inputs,
    build: async (target) => build(base, target),
  });
  const sums = JSON.parse(await readFile(join(directory, 'sha256.json'), 'utf8')) as { raw: string; qcow2: string };
  return {
    raw: join(directory, 'anneal-os.raw'),
    rawSha256: sums.raw,
    qcow2: join(directory, 'anneal-os.qcow2'),
    qcow2Sha256: sums.qcow2,
  };
};
