import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { run } from '../run.ts';
import { cached } from './cache.ts';
import { listFile, template } from './context.ts';
import type { BuildContext } from './context.ts';
import { buildInitrd } from './initrd.ts';
import { baseParts } from './kernel.ts';
import type { BaseParts } from './kernel.ts';

const RELEASE = 'bookworm';
/** Python of the release, for which wheels are chosen. */
const PYTHON = '3.11';
const GLIBC_PLATFORMS = [
  'manylinux_2_34_x86_64',
  'manylinux_2_28_x86_64',
  'manylinux2014_x86_64',
  'manylinux2010_x86_64',
  'manylinux1_x86_64',
];
const NICE = ['-n', '10'];

/** Nothing of these is read by the agent; together they are a third of the root filesystem. */
const TRIMMED = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/info',
  'usr/share/i18n',
  'usr/lib/python3.11/test',
];
const TRIMMED_MODULES = [
  'sound',
  'drivers/gpu',
  'drivers/media',
  'drivers/isdn',
  'net/wireless',
  'drivers/infiniband',
  'fs/ocfs2',
  'fs/ceph',
  'fs/cifs',
];

const INITRD_MODULES = [
  'virtio_pci',
  'virtio_net',
  'virtio_blk',
  'virtio_scsi',
  'sd_mod',
  'sr_mod',
  'loop',
  'squashfs',
  'overlay',
];

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const requireRoot = (): void => {
  if (process.getuid?.() === 0) return;
  throw new LabError(
    'The agent ramdisk is built by debootstrap, which needs root once. Run "sudo -E npm run lab:images" (or give ANNEAL_CACHE a folder where it was built), then start again without root.',
  );
};

const debianRoot = async (context: BuildContext): Promise<string> => {
  const packages = words(await listFile('agent-packages.txt'));
  const build = async (directory: string): Promise<void> => {
    requireRoot();
    context.log('agent ramdisk: debootstrap (about a minute)');
    const root = join(directory, 'root');
    const args = ['debootstrap', '--variant=minbase', `--include=${packages.join(',')}`, RELEASE, root];
    await run('nice', [...NICE, ...args], { timeoutMs: 1_800_000 });
    for (const path of TRIMMED) await rm(join(root, path), { recursive: true, force: true });
    await run('find', [join(root, 'var/log'), '-type', 'f', '-delete']);
  };
  return join(
    await cached({ ...context, name: 'agent-debian', inputs: ['1', RELEASE, ...packages, ...TRIMMED], build }),
    'root',
  );
};

const wheels = async (context: BuildContext): Promise<string> => {
  const lock = await listFile('agent-requirements.txt');
  const build = async (directory: string): Promise<void> => {
    const file = join(directory, 'requirements.txt');
    await writeFile(file, lock);
    const platforms = GLIBC_PLATFORMS.flatMap((platform) => ['--platform', platform]);
    await run(
      'python3',
      [
        '-m',
        'pip',
        'download',
        '-q',
        '--no-deps',
        '--require-hashes',
        '--only-binary',
        ':all:',
        '--python-version',
        PYTHON,
        ...platforms,
        '-d',
        directory,
        '-r',
        file,
      ],
      { timeoutMs: 900_000 },
    );
  };
  return cached({ ...context, name: 'agent-wheels', inputs: ['1', lock], build });
};

const pluginDirectory = new URL('../../agent-plugin/', import.meta.url).pathname;

const pluginSources = async (): Promise<string[]> => {
  const folder = join(pluginDirectory, 'anneal_hardware_manager');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.py')).toSorted();
  return Promise.all(
    [join(pluginDirectory, 'pyproject.toml'), ...names.map((name) => join(folder, name))].map((path) =>
      readFile(path, 'utf8'),
    ),
  );
};

const installAgent = async (root: string, wheelFolder: string, scratch: string): Promise<void> => {
  const lib = join(root, 'opt/ipa/lib');
  const pip = [
    '-m',
    'pip',
    'install',
    '-q',
    '--no-index',
    '--find-links',
    wheelFolder,
    '--no-deps',
    '--no-compile',
    '--target',
    lib,
  ];
  const files = (await readdir(wheelFolder)).filter((name) => name.endsWith('.whl') && !name.startsWith('setuptools'));
  await run('python3', [...pip, ...files.map((name) => join(wheelFolder, name))], { timeoutMs: 300_000 });
  // pip builds beside the sources; the project's folder stays clean.
  const plugin = join(scratch, 'plugin');
  await cp(pluginDirectory, plugin, { recursive: true });
  await run('python3', [...pip, '--upgrade', plugin], { timeoutMs: 300_000 });
  await rm(plugin, { recursive: true });
  await rm(join(lib, 'bin'), { recursive: true, force: true });
  await run('chroot', [root, 'python3', '-m', 'compileall', '-q', '/opt/ipa/lib'], { timeoutMs: 300_000 });
};

const installScripts = async (root: string): Promise<void> => {
  const scripts: Record<string, string> = {
    init: 'agent-init',
    'usr/local/sbin/poweroff': 'poweroff',
    'usr/local/sbin/reboot': 'poweroff',
  };
  for (const [path, name] of Object.entries(scripts)) {
    await writeFile(join(root, path), await template(name));
    await chmod(join(root, path), 0o755);
  }
  // A path file and not PYTHONPATH: some of the agent's programs start Python in an environment of their own.
  await writeFile(join(root, 'usr/lib/python3/dist-packages/ironic-python-agent.pth'), '/opt/ipa/lib\n');
  await mkdir(join(root, 'etc/ironic-python-agent.d'), { recursive: true });
  await writeFile(join(root, 'etc/ironic-python-agent.d/anneal.conf'), await template('agent.conf'));
};

const installModules = async (root: string, base: BaseParts): Promise<void> => {
  const target = join(root, 'usr/lib/modules', base.version);
  await cp(join(base.modulesRoot, 'lib/modules', base.version), target, { recursive: true });
  for (const path of TRIMMED_MODULES) await rm(join(target, 'kernel', path), { recursive: true, force: true });
  await run('depmod', ['-b', root, base.version]);
};

/** Files with which a machine boots the agent. */
export interface AgentRamdisk {
  readonly kernel: string;
  readonly initrd: string;
  readonly squashfs: string;
}

const buildSquashfs = async (context: BuildContext, base: BaseParts, directory: string): Promise<void> => {
  const [debian, wheelFolder] = [await debianRoot(context), await wheels(context)];
  requireRoot();
  const root = join(directory, 'root');
  await run('cp', ['-a', '--reflink=auto', debian, root], { timeoutMs: 300_000 });
  await installAgent(root, wheelFolder, directory);
  await installScripts(root);
  await installModules(root, base);
  const squash = [
    'mksquashfs',
    root,
    join(directory, 'agent.squashfs'),
    '-comp',
    'lz4',
    '-noappend',
    '-quiet',
    '-no-progress',
  ];
  await run('nice', [...NICE, ...squash], { timeoutMs: 600_000 });
  await rm(root, { recursive: true });
};

const TEMPLATES = ['agent-init', 'poweroff', 'agent.conf'];

/**
 * The agent's kernel, initrd and squashfs root filesystem with the real ironic-python-agent and
 * Anneal's hardware manager in it. Built once (a few minutes; needs root), then kept.
 */
export const agentRamdisk = async (context: BuildContext): Promise<AgentRamdisk> => {
  const base = await baseParts(context);
  const inputs = [
    '2',
    base.version,
    await listFile('agent-packages.txt'),
    await listFile('agent-requirements.txt'),
    ...TRIMMED,
    ...TRIMMED_MODULES,
  ];
  const sources = [...(await Promise.all(TEMPLATES.map(template))), ...(await pluginSources())];
  const live = await cached({
    ...context,
    name: 'agent',
    inputs: [...inputs, ...sources],
    build: async (directory) => buildSquashfs(context, base, directory),
  });
  const recipe = {
    base,
    init: await template('initrd-init'),
    modules: INITRD_MODULES,
    scripts: { 'etc/udhcpc.sh': await template('udhcpc.sh') },
  };
  const initrd = await cached({
    ...context,
    name: 'agent-initrd',
    inputs: ['1', base.version, recipe.init, ...INITRD_MODULES, ...Object.values(recipe.scripts)],
    build: async (directory) => {
      await buildInitrd(recipe, join(directory, 'agent.initrd'));
      await copyFile(base.vmlinuz, join(directory, 'agent.kernel'));
    },
  });
  return {
    kernel: join(initrd, 'agent.kernel'),
    initrd: join(initrd, 'agent.initrd'),
    squashfs: join(live, 'agent.squashfs'),
  };
};
