/**
 * `npm test`: set-up, then the house rules and the fast suites, one after the other, all of them also when one fails.
 * With ANNEAL_TEST_REPORTS=<folder> each suite leaves its counts there.
 */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setUp } from './setup/setup.ts';

const SUITES = ['unit', 'workflows', 'api', 'crash'];
const reports = process.env['ANNEAL_TEST_REPORTS'];

try {
  const { temporalCli } = await setUp('test', (line) => console.log(line));
  process.env['ANNEAL_TEMPORAL_CLI'] = temporalCli;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
if (reports !== undefined) await mkdir(reports, { recursive: true });

const failed: string[] = [];
if ((await npmRun('check', [])) !== 0) failed.push('check');
for (const suite of SUITES) {
  console.log(`\n=== test:${suite} ===`);
  if ((await npmRun(`test:${suite}`, reporter(suite))) !== 0) failed.push(`test:${suite}`);
}
console.log(failed.length === 0 ? '\nAll green.' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** mocha’s own report, and the counts in a file beside it. */
function reporter(suite: string): string[] {
  if (reports === undefined) return [];
  const module = new URL('../test/support/reporter.cjs', import.meta.url).pathname;
  return ['--', '--reporter', module, '--reporter-option', `output=${join(reports, `${suite}.json`)}`];
}

function npmRun(script: string, args: readonly string[]): Promise<number> {
  const child = spawn('npm', ['run', '--silent', script, ...args], { stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
