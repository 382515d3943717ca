import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../run.ts';
import { cached } from './cache.ts';
import { cloudKernelPackage, kernelVersion, unpackPackages } from './debian.ts';
import type { BuildContext } from './context.ts';

/** What of Debian the images are made of, unpacked. */
export interface BaseParts {
  readonly version: string;
  readonly vmlinuz: string;
  /** Folder that holds `lib/modules/<version>` with a module index. */
  readonly modulesRoot: string;
  readonly busybox: string;
  /** systemd-boot for x86-64, the boot loader of the UEFI path. */
  readonly systemdBoot: string;
}

const PACKAGES = ['busybox-static', 'systemd-boot-efi'];

const build = async (directory: string): Promise<void> => {
  const unpacked = join(directory, 'unpacked');
  await unpackPackages([await cloudKernelPackage(), ...PACKAGES], unpacked);
  const version = await kernelVersion(unpacked);
  await run('depmod', ['-b', unpacked, version]);
  await mkdir(join(directory, 'lib'), { recursive: true });
  await cp(join(unpacked, 'lib', 'modules'), join(directory, 'lib', 'modules'), { recursive: true });
  await cp(join(unpacked, 'boot', `vmlinuz-${version}`), join(directory, 'vmlinuz'));
  await cp(join(unpacked, 'bin', 'busybox'), join(directory, 'busybox'));
  await cp(join(unpacked, 'usr/lib/systemd/boot/efi/systemd-bootx64.efi'), join(directory, 'bootx64.efi'));
  await rm(unpacked, { recursive: true });
  await rm(`${unpacked}.debs`, { recursive: true });
};

/**
 * Debian's cloud kernel (no AHCI, no e1000), static busybox and systemd-boot. Kept once taken, so
 * that the kernel and the modules in the images stay the same; delete the folder for newer ones.
 */
export const baseParts = async (context: BuildContext): Promise<BaseParts> => {
  const directory = await cached({ ...context, name: 'debian-base', inputs: ['2', ...PACKAGES], build });
  const [version] = await readdir(join(directory, 'lib', 'modules'));
  return {
    version: version ?? '',
    vmlinuz: join(directory, 'vmlinuz'),
    modulesRoot: directory,
    busybox: join(directory, 'busybox'),
    systemdBoot: join(directory, 'bootx64.efi'),
  };
};
