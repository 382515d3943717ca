/**
 * Bench of ipmi-js beside ipmitool and go-ipmi, on this machine, over loopback:
 * `node --expose-gc --import tsx --conditions=source scripts/bench/ipmi/main.ts [COUNT]`.
 * The virtual BMCs run in another process. go-ipmi is measured when `go` is there.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { startIpmiSim } from '../../../packages/ipmi-js/contract/support/ipmi-sim.ts';
import { latency, memoryOfSessions, sweep } from './measure.ts';

const FIRST_PORT = 20_000;
const count = Number(process.argv[2] ?? 1000);
const here = new URL('.', import.meta.url).pathname;

/** Builds the go-ipmi sweeper into the cache; undefined without Go. */
function buildGoSweeper(): string | undefined {
  const cache = join(process.env['ANNEAL_CACHE'] ?? join(homedir(), '.cache', 'anneal'), 'ipmi', 'bin');
  const program = join(cache, 'goipmi-sweep');
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  try {
    execFileSync('go', ['build', '-mod=mod', '-o', program, '.'], { cwd: join(here, 'goipmi'), stdio: 'inherit' });
    return program;
  } catch (error) {
    console.log(`go-ipmi is left out: ${(error as Error).message}`);
    return undefined;
  }
}

/** Starts the farm and waits until it is ready. */
function startFarm(delayMs: number, loss: number): Promise<ChildProcess> {
  const args = [FIRST_PORT, delayMs, loss].map(String);
  const farm = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=source', join(here, 'farm.ts'), String(count), ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    farm.stdout.once('data', () => resolve(farm));
    farm.once('error', reject);
    farm.once('exit', (code) => reject(new Error(`the farm ended with ${code}`)));
  });
}

async function stop(farm: ChildProcess): Promise<void> {
  farm.removeAllListeners('exit');
  farm.kill('SIGTERM');
  await new Promise((resolve) => farm.once('exit', resolve));
}

const timed = (run: () => void): number => {
  const started = performance.now();
  run();
  return performance.now() - started;
};

async function benchLatency(): Promise<void> {
  const sim = await startIpmiSim();
  const target = { port: sim.port, username: 'ipmiusr', password: 'test', suite: 3 };
  const rows: Record<string, { p50: number; p95: number }> = {
    'ipmi-js, new session': await latency(target, false, 500),
    'ipmi-js, kept session': await latency(target, true, 2000),
  };
  const args = `-I lanplus -H 127.0.0.1 -p ${sim.port} -U ipmiusr -E -C 3 chassis power status`.split(' ');
  const env = { ...process.env, IPMI_PASSWORD: 'test' };
  const times = Array.from({ length: 30 }, () => timed(() => execFileSync('ipmitool', args, { env })));
  times.sort((a, b) => a - b);
  rows['ipmitool process'] = { p50: times[15] ?? 0, p95: times[28] ?? 0 };
  console.log('\nOne Get Chassis Status against ipmi_sim, suite 3, ms');
  console.table(rows);
  await sim.stop();
}

async function benchSweeps(goSweeper: string | undefined): Promise<void> {
  const conditions = [
    { name: '0 ms', delayMs: 0, loss: 0 },
    { name: '10 ms', delayMs: 10, loss: 0 },
    { name: '10 ms, 5 % loss', delayMs: 10, loss: 0.05 },
  ];
  const rows: Record<string, string | number>[] = [];
  for (const { name, delayMs, loss } of conditions) {
    const farm = await startFarm(delayMs, loss);
    // One round lets both processes compile their hot code, as they would in service.
    await sweep({ firstPort: FIRST_PORT, count, concurrency: 64, kept: false });
    for (const kept of [false, true]) {
      for (const concurrency of [8, 64]) {
        const mine = await sweep({ firstPort: FIRST_PORT, count, concurrency, kept });
        const row = { network: name, sessions: kept ? 'kept' : 'new', inFlight: concurrency };
        const theirs = goSweeper === undefined ? {} : goSweep(goSweeper, concurrency, kept);
        rows.push({ ...row, 'ipmi-js/s': mine.perSecond, failures: mine.failures, cpu: mine.cpuSeconds, ...theirs });
      }
    }
    if (delayMs === 0) console.log('Memory of kept sessions, MiB', await memoryOfSessions(FIRST_PORT, count));
    await stop(farm);
  }
  console.log(`\nSweeps of ${count} virtual BMCs, suite 17`);
  console.table(rows);
}

function goSweep(program: string, concurrency: number, kept: boolean): Record<string, number> {
  const args = [FIRST_PORT, count, concurrency].map(String);
  const output = execFileSync(program, [...args, kept ? 'kept' : 'new'], { encoding: 'utf8', timeout: 300_000 });
  const { perSecond, failures } = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as {
    perSecond: number;
    failures: number;
  };
  return { 'go-ipmi/s': perSecond, 'go failures': failures };
}

const goSweeper = buildGoSweeper();
await benchLatency();
await benchSweeps(goSweeper);
