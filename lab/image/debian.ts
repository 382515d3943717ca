import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { run } from '../run.ts';

/**
 * Downloads Debian packages by apt and unpacks them below `directory`, without installing them.
 * @throws LabError when apt doesn't know a package (`apt-get update` may be needed).
 */
export const unpackPackages = async (packages: readonly string[], directory: string): Promise<void> => {
  const debs = `${directory}.debs`;
  await mkdir(debs, { recursive: true });
  await run('apt-get', ['download', '-q', ...packages], { cwd: debs, timeoutMs: 600_000 });
  await mkdir(directory, { recursive: true });
  for (const file of await readdir(debs)) await run('dpkg-deb', ['-x', join(debs, file), directory]);
};

/** The kernel package that Debian's `linux-image-cloud-amd64` stands for now. */
export const cloudKernelPackage = async (): Promise<string> => {
  const said = await run('apt-cache', ['depends', 'linux-image-cloud-amd64']);
  const found = /Depends: (linux-image-\S+)/.exec(said)?.[1];
  if (found === undefined) {
    throw new LabError('apt knows no linux-image-cloud-amd64; run "apt-get update" on a Debian amd64 machine.');
  }
  return found;
};

/** The version of the one kernel below `<directory>/lib/modules`. */
export const kernelVersion = async (directory: string): Promise<string> => {
  const [version] = await readdir(join(directory, 'lib', 'modules'));
  if (version === undefined) throw new LabError(`No kernel modules below ${directory}.`);
  return version;
};
