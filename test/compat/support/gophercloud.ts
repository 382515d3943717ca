import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Builds the Go program unless that was done. @throws Error with the compiler's words */
export function buildGophercloud(): string {
  const script = fileURLToPath(new URL('../install-gophercloud.sh', import.meta.url));
  return execFileSync(script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

/** Runs one of its scenarios. @throws Error with the first check that failed */
export async function runScenario(
  program: string,
  scenario: string,
  { url, conductorGroup, version }: { url: string; conductorGroup: string; version: string },
): Promise<void> {
  const args = ['-endpoint', url, '-conductor-group', conductorGroup, '-version', version, scenario];
  await promisify(execFile)(program, args).catch((error: Error & { stderr?: string }) => {
    throw new Error(`gophercloud ${scenario} (${version}): ${error.stderr ?? error.message}`);
  });
}
