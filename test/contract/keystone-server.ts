import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startProcess } from '../../scripts/stack/managed-process.ts';
import { freePorts } from '../../scripts/stack/ports.ts';

const run = promisify(execFile);

/** A real Keystone with sqlite and fernet tokens. */
export interface KeystoneServer {
  /** With `/v3`. */
  readonly url: string;
  readonly adminPassword: string;
  stop(): Promise<void>;
}

const ADMIN_PASSWORD = 'bootstrap-secret';

/** Starts Keystone in a folder that goes with it; tokens are good for `expirationS`. */
export async function startKeystone({ expirationS }: { expirationS: number }): Promise<KeystoneServer> {
  const installer = fileURLToPath(new URL('install-keystone.sh', import.meta.url));
  const bin = join((await run('sh', [installer])).stdout.trim(), 'bin');
  const folder = await mkdtemp(join(tmpdir(), 'anneal-keystone-'));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}/v3`;
  const config = join(folder, 'keystone.conf');
  await writeFile(config, configuration(folder, expirationS));
  for (const keys of ['fernet-keys', 'credential-keys']) await writeKeys(join(folder, keys));
  const manage = (...words: string[]) => run(join(bin, 'keystone-manage'), ['--config-file', config, ...words]);
  await manage('db_sync');
  const urls = ['public', 'internal', 'admin'].flatMap((kind) => [`--bootstrap-${kind}-url`, url]);
  await manage('bootstrap', '--bootstrap-password', ADMIN_PASSWORD, '--bootstrap-region-id', 'RegionOne', ...urls);
  // Keystone's WSGI module reads the arguments of the process as its own: all of gunicorn's are in its file.
  await writeFile(
    join(folder, 'gunicorn.conf.py'),
    `wsgi_app = "keystone.wsgi.api:application"\nbind = "127.0.0.1:${port}"\nworkers = 1\nthreads = 4\nkeepalive = 75\nchdir = "${folder}"\n`,
  );
  const server = await startProcess({
    name: 'keystone',
    argv: ['sh', '-c', `cd ${folder} && exec ${join(bin, 'gunicorn')}`],
    env: { OS_KEYSTONE_CONFIG_FILES: config, OS_KEYSTONE_CONFIG_DIR: folder, PYTHONWARNINGS: 'ignore' },
    folder,
    isReady: async () => (await fetch(url)).ok,
    readyTimeoutMs: 120_000,
  });
  return {
    url,
    adminPassword: ADMIN_PASSWORD,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What `keystone-manage fernet_setup` does, which takes it seconds: the key to come and the present one. */
async function writeKeys(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  // A key is 32 bytes, base64 for URLs with its padding (the Fernet specification, «Key Format»).
  const key = (): string => `${randomBytes(32).toString('base64url')}=`;
  for (const name of ['0', '1']) await writeFile(join(folder, name), key(), { mode: 0o600 });
}

function configuration(folder: string, expirationS: number): string {
  return `[DEFAULT]
log_file = ${folder}/keystone-service.log
[database]
connection = sqlite:///${folder}/keystone.sqlite
[token]
provider = fernet
expiration = ${expirationS}
allow_expired_window = 3600
[fernet_tokens]
key_repository = ${folder}/fernet-keys
[credential]
key_repository = ${folder}/credential-keys
[fernet_receipts]
key_repository = ${folder}/fernet-keys
[cache]
enabled = false
`;
}
