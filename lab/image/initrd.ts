import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { run } from '../run.ts';
import type { BaseParts } from './kernel.ts';

/** What goes into a busybox initrd. */
export interface InitrdRecipe {
  readonly base: BaseParts;
  /** Text of `/init`. */
  readonly init: string;
  /** Modules to take along with what they need; all are listed in `/etc/modules`. */
  readonly modules: readonly string[];
  /** Further executable files by their path. */
  readonly scripts: Readonly<Record<string, string>>;
}

const FOLDERS = ['bin', 'sbin', 'dev', 'proc', 'sys', 'etc', 'tmp', 'run', 'mnt', 'root', 'usr/bin', 'usr/sbin'];

const moduleFiles = async (base: BaseParts, name: string): Promise<string[]> => {
  const said = await run('modprobe', ['-d', base.modulesRoot, '-S', base.version, '--show-depends', name]);
  return [...said.matchAll(/^insmod (\S+)/gm)].map((match) => match[1] ?? '');
};

const copyModules = async (recipe: InitrdRecipe, root: string): Promise<void> => {
  const { base } = recipe;
  const target = join(root, 'lib/modules', base.version);
  await mkdir(join(target, 'kernel'), { recursive: true });
  const files = new Set<string>();
  for (const name of recipe.modules) for (const file of await moduleFiles(base, name)) files.add(file);
  for (const file of files) await copyFile(file, join(target, 'kernel', basename(file)));
  const index = join(base.modulesRoot, 'lib/modules', base.version);
  for (const file of await readdir(index)) {
    if (/^modules\.(builtin|order|builtin\.modinfo)$/.test(file)) await copyFile(join(index, file), join(target, file));
  }
  await run('depmod', ['-b', root, base.version]);
};

const writeScript = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
};

const fill = async (recipe: InitrdRecipe, root: string): Promise<void> => {
  for (const folder of FOLDERS) await mkdir(join(root, folder), { recursive: true });
  await copyFile(recipe.base.busybox, join(root, 'bin/busybox'));
  await copyModules(recipe, root);
  await writeFile(join(root, 'etc/modules'), `${recipe.modules.join('\n')}\n`);
  await writeScript(join(root, 'init'), recipe.init);
  for (const [path, text] of Object.entries(recipe.scripts)) await writeScript(join(root, path), text);
};

const pack = async (root: string, target: string): Promise<void> => {
  const names = await run('find', ['.', '-mindepth', '1'], { cwd: root });
  const archive = `${target}.cpio`;
  await run('cpio', ['--quiet', '-o', '-H', 'newc', '-R', '0:0', '-O', archive], { cwd: root, input: names });
  await writeFile(target, await promisify(gzip)(await readFile(archive), { level: 6 }));
  await rm(archive);
};

/** Writes a busybox initrd (gzip, newc cpio) to `target`. Needs no root. */
export const buildInitrd = async (recipe: InitrdRecipe, target: string): Promise<void> => {
  const root = await mkdtemp(`${target}.root-`);
  try {
    await chmod(root, 0o755);
    await fill(recipe, root);
    await pack(root, target);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};
