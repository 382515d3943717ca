import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FIRST_PORT } from './farms.ts';
import { each, percentiles } from './measure.ts';
import type { Latency, Sweep, SweepResult } from './measure.ts';

const run = promisify(execFile);
const LIMIT_MS = 300_000;

/** Builds go-ipmi's client and server into the cache (Go's own cache makes it quick); undefined without Go. */
export function buildGoIpmi(): string | undefined {
  const cache = join(process.env['ANNEAL_CACHE'] ?? join(homedir(), '.cache', 'anneal'), 'ipmi', 'bin');
  const program = join(cache, 'goipmi-bench');
  const cwd = new URL('goipmi', import.meta.url).pathname;
  mkdirSync(cache, { recursive: true });
  try {
    execFileSync('go', ['build', '-mod=mod', '-o', program, '.'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
    return program;
  } catch (error) {
    console.error(`go-ipmi is left out: ${(error as Error).message}`);
    return undefined;
  }
}

/** One sweep by go-ipmi's client. */
export async function goSweep(program: string, { count, concurrency, kept }: Sweep): Promise<SweepResult> {
  const args = ['sweep', FIRST_PORT, count, concurrency, kept ? 'kept' : 'new'].map(String);
  const { stdout } = await run(program, args, { timeout: LIMIT_MS });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as SweepResult;
}

interface Login {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly suite: number;
}

function ipmitool({ port, username, password, suite }: Login): Promise<unknown> {
  const where = ['-I', 'lanplus', '-H', '127.0.0.1', '-p', String(port), '-U', username, '-E', '-C', String(suite)];
  const env = { ...process.env, IPMI_PASSWORD: password };
  return run('ipmitool', [...where, 'chassis', 'power', 'status'], { env, timeout: LIMIT_MS });
}

/** A process of ipmitool for each BMC; it has no kept sessions. */
export async function ipmitoolSweep({ count, concurrency }: Sweep): Promise<SweepResult> {
  let failures = 0;
  const started = performance.now();
  await each(count, concurrency, async (index) => {
    const login = { port: FIRST_PORT + index, username: 'ADMIN', password: 'ADMIN', suite: 17 };
    await ipmitool(login).catch(() => (failures += 1));
  });
  return { perSecond: Math.round((count / (performance.now() - started)) * 1000), failures };
}

/** One ipmitool after the other. */
export async function ipmitoolLatency(login: Login, runs: number): Promise<Latency> {
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    const started = performance.now();
    await ipmitool(login);
    times.push(performance.now() - started);
  }
  return percentiles(times);
}
