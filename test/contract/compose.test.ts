import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface ComposeService {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly depends_on?: Record<string, { condition: string }>;
  readonly environment?: Record<string, string | null>;
}

/** `docker compose` where the plugin is installed, else the copy that install-compose.sh built. */
function composeCommand(): string[] {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return ['docker', 'compose'];
  } catch {
    const built = join(process.env['ANNEAL_CACHE'] ?? join(homedir(), '.cache/anneal'), 'bin/docker-compose');
    assert.ok(existsSync(built), `no Docker Compose: run test/contract/install-compose.sh (looked for ${built})`);
    return [built];
  }
}

async function composeConfig(env: Record<string, string>): Promise<Record<string, ComposeService>> {
  const [program, ...args] = [...composeCommand(), '-f', 'temporal-compose.yml', '--profile', 'boot', 'config'];
  const { stdout } = await run(program!, [...args, '--format', 'json'], { env: { PATH: process.env['PATH'], ...env } });
  return (JSON.parse(stdout) as { services: Record<string, ComposeService> }).services;
}

describe('temporal-compose.yml, read by Docker Compose', () => {
  it('refuses to start without a database password, and says so', async () => {
    await assert.rejects(composeConfig({}), /set POSTGRES_PASSWORD/);
  });

  it('pins every image that is not Anneal’s own', async () => {
    const services = await composeConfig({ POSTGRES_PASSWORD: 'secret' });
    for (const [name, { image }] of Object.entries(services)) {
      assert.match(image ?? '', /^anneal:|:\d+(\.\d+)*$/, `service ${name} has the image ${image}`);
    }
  });

  it('starts Anneal only after both schemas and the namespace exist', async () => {
    const services = await composeConfig({ POSTGRES_PASSWORD: 'secret' });
    for (const name of ['api', 'worker']) {
      assert.deepEqual(
        Object.entries(services[name]?.depends_on ?? {}).map(([on, { condition }]) => `${on} ${condition}`),
        ['migrate service_completed_successfully', 'temporal-namespace service_completed_successfully'],
      );
    }
  });

  it('runs entry points that the build makes', async () => {
    const services = await composeConfig({ POSTGRES_PASSWORD: 'secret' });
    const entries = Object.values(services).flatMap(({ command }) =>
      command?.[0] === 'node' ? command.filter((word) => word.endsWith('.js')) : [],
    );
    assert.equal(entries.length, 5);
    for (const entry of entries) {
      const source = entry.replace(/^(\.\/)?dist\//, '').replace(/\.js$/, '.ts');
      assert.ok(existsSync(source), `${entry} has no source ${source}`);
    }
  });
});
