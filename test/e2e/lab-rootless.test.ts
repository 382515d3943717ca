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
  readonly tenantA: string;
  readonly tenantB: string;
}

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
  let home = '';

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'anneal-rootless-'));
    await chmod(home, 0o777);
  });
  after(async () => rm(home, { recursive: true }));

  it('boots the agent, then a tenant, as a user that has no capability at all', async () => {
    const node = [process.execPath, '--import', 'tsx', '--conditions=source', SCRIPT];
    const root = process.getuid?.() === 0;
    const drop = root ? ['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--inh-caps=-all'] : [];
    const [program = '', ...args] = [...drop, ...node];
    const env = { ...process.env, HOME: home, TMPDIR: home, ...(root ? { ANNEAL_CACHE: await openCache(home) } : {}) };
    const { stdout } = await execute(program, args, { env, timeout: 580_000 });
    const seen = JSON.parse(stdout) as Seen;
    assert.notEqual(seen.uid, 0);
    assert.equal(seen.capabilities, '0000000000000000');
    assert.equal(seen.cleanSteps, 'SUCCEEDED');
    assert.match(seen.address, /^172\.31\.200\.\d+$/);
    assert.match(seen.tenantA, /<h1>free<\/h1>[\s\S]*rootless-1/);
    assert.equal(seen.tenantB, 'unreachable');
  });
});
