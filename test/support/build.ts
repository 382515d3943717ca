import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

let built: Promise<unknown> | undefined;

/** `npm run build`, once for each mocha process: what production runs is then in dist/. */
export async function builtServices(): Promise<(path: string) => string> {
  await (built ??= promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: root }));
  return (path) => `${root}dist/${path}`;
}
