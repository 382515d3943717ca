import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Debian package and how to see that what Anneal wants of it is there, on other distributions too. */
interface WantedPackage {
  readonly name: string;
  readonly isThere: () => Promise<boolean>;
}

const INSTALL_TIMEOUT_MS = 15 * 60_000;
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

const program = (name: string, command: string): WantedPackage => ({ name, isThere: () => isOnPath(command) });
const file = (name: string, path: string): WantedPackage => ({ name, isThere: () => isReadable(path) });
const python = (name: string, module: string): WantedPackage => ({ name, isThere: () => canImport(module) });

/** What the images of drivers/images and the tests of it use. */
const IMAGES = [program('qemu-utils', 'qemu-img'), program('genisoimage', 'genisoimage')];

/** What the lab's machines, networks and images are made of (docs/lab.md). */
const LAB = [
  ...IMAGES,
  program('qemu-system-x86', 'qemu-system-x86_64'),
  file('ovmf', '/usr/share/OVMF/OVMF_CODE_4M.fd'),
  file('ipxe-qemu', '/usr/lib/ipxe/qemu/pxe-virtio.rom'),
  program('openvswitch-switch', 'ovs-vswitchd'),
  program('dnsmasq-base', 'dnsmasq'),
  program('debootstrap', 'debootstrap'),
  program('squashfs-tools', 'mksquashfs'),
  program('mtools', 'mcopy'),
  program('syslinux', 'syslinux'),
  file('syslinux-common', '/usr/lib/syslinux/mbr/mbr.bin'),
  program('busybox-static', 'busybox'),
  program('iproute2', 'ip'),
  program('ethtool', 'ethtool'),
  program('socat', 'socat'),
  program('cpio', 'cpio'),
  program('fdisk', 'sfdisk'),
  program('kmod', 'depmod'),
  program('e2fsprogs', 'mke2fs'),
  program('dosfstools', 'mkfs.vfat'),
  program('curl', 'curl'),
  program('python3', 'python3'),
  python('python3-pip', 'pip'),
];

/** What the fast tests use besides Node. */
const TEST = [
  ...IMAGES,
  program('openssl', 'openssl'),
  program('openvswitch-switch', 'ovs-vswitchd'),
  program('dnsmasq-base', 'dnsmasq'),
  program('iproute2', 'ip'),
  program('python3', 'python3'),
];

/** The counterparts that the contract and compatibility tests run against. */
const COUNTERPARTS = [
  program('openipmi', 'ipmi_sim'),
  program('ipmitool', 'ipmitool'),
  program('tgt', 'tgtd'),
  program('tcpdump', 'tcpdump'),
  program('chromium', 'chromium'),
  program('chromium-driver', 'chromedriver'),
  python('python3-venv', 'ensurepip'),
];

/** What a kind of run needs. */
export const PACKAGES = {
  fake: [],
  test: TEST,
  lab: LAB,
  ci: [...LAB, ...TEST, ...COUNTERPARTS],
} as const satisfies Record<string, readonly WantedPackage[]>;

/** A kind of run. */
export type Scope = keyof typeof PACKAGES;

/**
 * Installs the Debian packages that a kind of run lacks; does nothing when none is missing.
 * @throws Error naming the missing packages and the command, where it may not or cannot install them
 */
export async function ensurePackages(scope: Scope, say: (line: string) => void): Promise<void> {
  const missing = await missingPackages(scope);
  if (missing.length === 0) return;
  const names = missing.join(' ');
  if (!(await isOnPath('apt-get')))
    throw new Error(
      `These programs are missing, named by their Debian packages: ${names}. Install them and try again.`,
    );
  if (process.getuid?.() !== 0)
    throw new Error(
      `Missing Debian packages. Install them with: sudo apt-get install --no-install-recommends ${names}`,
    );
  say(`Installing ${missing.length} Debian packages (${names}), usually 1–2 minutes …`);
  await apt('update', '-q');
  await apt('install', '-y', '-q', '--no-install-recommends', ...missing);
  const still = await missingPackages(scope);
  if (still.length > 0)
    throw new Error(`apt-get installed these packages, yet their programs are not to be found: ${still.join(' ')}`);
}

async function missingPackages(scope: Scope): Promise<string[]> {
  const checked = await Promise.all(
    PACKAGES[scope].map(async ({ name, isThere }) => ((await isThere()) ? [] : [name])),
  );
  return [...new Set(checked.flat())].toSorted();
}

async function apt(...args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', args, { env, timeout: INSTALL_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().slice(-600) : String(error);
    throw new Error(`apt-get ${args.join(' ')} failed: ${said}`, { cause: error });
  }
}

async function isOnPath(command: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SBIN];
  for (const folder of folders) if (folder !== '' && (await isRunnable(join(folder, command)))) return true;
  return false;
}

const isRunnable = (path: string): Promise<boolean> => may(path, constants.X_OK);
const isReadable = (path: string): Promise<boolean> => may(path, constants.R_OK);

function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function canImport(module: string): Promise<boolean> {
  return run('python3', ['-c', `import ${module}`]).then(
    () => true,
    () => false,
  );
}
