import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureArtifacts } from '../../lab/image/artifacts.ts';
import { cacheDirectory } from '../../lab/image/cache.ts';

const execute = promisify(execFile);
const SCRIPT = new URL('./lab-rootless-boot.ts', import.meta.url).pathname;
/** The user "nobody" of every Debian. */
const NOBODY = '65534';

interface Seen {
  readonly uid: number;
  readonly capabilities: string;
  readonly links: string;
  readonly cleanSteps: string;
  readonly address: string;
  readonly booted: string;
  readonly tenantA: string;
  readonly tenantB: string;
}

/** What a machine is plugged in by depends on who may open /dev/net/tun; each way has the firmware of one machine. */
const CASES = [
  { firmware: 'bios', tunMode: '600', links: 'veth' },
  { firmware: 'uefi', tunMode: '666', links: 'tap' },
] as const;

/** Runs what follows with a /dev/net/tun of its own, in a mount namespace of its own: the host's stays as it is. */
const withTun = (folder: string, mode: string): string[] => [
  'unshare',
  '--mount',
  'sh',
  '-ec',
  `mount -t tmpfs -o mode=755 tun ${folder}
   mknod -m ${mode} ${folder}/tun c 10 200
   mount --bind ${folder}/tun /dev/net/tun
   exec "$@"`,
  'sh',
];

/** A copy of the images that a user without rights may read (hard links where that works). */
const openCache = async (home: string): Promise<string> => {
  const artifacts = await ensureArtifacts();
  const cache = join(home, 'cache');
  await mkdir(cache);
  const folders = new Set(
    Object.values(artifacts)
      .filter((path) => path.startsWith('/'))
      .map(dirname),
  );
  for (const folder of folders) {
    await execute('cp', ['-al', folder, cache]).catch(async () => execute('cp', ['-a', folder, cache]));
  }
  // Kernel and modules are looked for first, before it is known that nothing has to be built.
  await execute('sh', [
    '-c',
    `cp -al ${cacheDirectory()}/debian-base-* ${cache} || cp -a ${cacheDirectory()}/debian-base-* ${cache}`,
  ]);
  // Only the folders are copies; a folder may have been made for its owner alone.
  await execute('sh', ['-c', `chmod 755 ${cache}/*`]);
  return cache;
};

describe('lab without root (Open vSwitch, QEMU and the real agent in a user namespace)', function rootless() {
  this.timeout(600_000);
  const isRoot = process.getuid?.() === 0;
  let home = '';
  const runs = new Map<string, ReturnType<typeof run>>();

  /** One machine's whole way, by a process without rights. */
  const run = async ({ firmware, tunMode }: (typeof CASES)[number], env: NodeJS.ProcessEnv) => {
    const node = [process.execPath, '--import', 'tsx', '--conditions=source', SCRIPT, firmware];
    const drop = ['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--inh-caps=-all'];
    const [program = '', ...args] = isRoot ? [...withTun(join(home, 'tun'), tunMode), ...drop, ...node] : node;
    return await execute(program, args, { env, timeout: 580_000 });
  };

  // Side by side, since each machine spends most of its time booting.
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'anneal-rootless-'));
    await chmod(home, 0o777);
    await mkdir(join(home, 'tun'));
    const env = {
      ...process.env,
      HOME: home,
      TMPDIR: home,
      ...(isRoot ? { ANNEAL_CACHE: await openCache(home) } : {}),
    };
    for (const machine of CASES) {
      const ran = run(machine, env);
      // Looked at by its test, later.
      ran.catch(() => {});
      runs.set(machine.firmware, ran);
    }
  });
  after(async () => {
    await Promise.allSettled(runs.values());
    await rm(home, { recursive: true });
  });

  for (const { firmware, links } of CASES) {
    it(`boots the agent, then a tenant, on a machine with ${firmware} plugged in by ${links}, without any capability`, async () => {
      const { stdout } = await (runs.get(firmware) ?? Promise.reject(new Error('it was not started')));
      const seen = JSON.parse(stdout) as Seen;
      assert.notEqual(seen.uid, 0);
      assert.equal(seen.capabilities, '0000000000000000');
      // Who isn't root has to take /dev/net/tun as it is.
      if (isRoot) assert.equal(seen.links, links);
      assert.equal(seen.cleanSteps, 'SUCCEEDED');
      assert.match(seen.address, /^172\.31\.200\.\d+$/);
      assert.equal(seen.booted, firmware);
      assert.match(seen.tenantA, /<h1>free<\/h1>[\s\S]*rootless-1/);
      assert.equal(seen.tenantB, 'unreachable');
    });
  }
});
