/**
 * Bench of ipmi-js, compiled, beside ipmitool and go-ipmi, over loopback: `npm run bench:ipmi -- [--count 1000] [--profile]`.
 * The BMCs run in another process. Prints a JSON line for each figure and each bar, with `--profile` also where the
 * time of a sweep goes. go-ipmi is measured when `go` is there.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { startIpmiSim } from '../../../packages/ipmi-js/contract/support/ipmi-sim.ts';
import { bars } from './bars.ts';
import type { Figure } from './bars.ts';
import { NETWORKS, startFarm, startGoFarm } from './farms.ts';
import type { Network } from './farms.ts';
import { latency, sweep } from './measure.ts';
import type { Latency, Sweep } from './measure.ts';
import { profile } from './profile.ts';
import { buildGoIpmi, goSweep, ipmitoolLatency, ipmitoolSweep } from './rivals.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000' }, profile: { type: 'boolean', default: false } },
});
const count = Number(values.count);
const PROFILED_ROUNDS = 20;
/** Enough to see the rate of a program that takes 10 to 60 ms of CPU for each BMC. */
const IPMITOOL_COUNT = 80;
const figures: Figure[] = [];

const print = (line: object): void => console.log(JSON.stringify(line));
function note(figure: Figure): void {
  figures.push(figure);
  print(figure);
}

async function benchLatency(): Promise<void> {
  const sim = await startIpmiSim();
  const login = { port: sim.port, username: 'ipmiusr', password: 'test', suite: 3 };
  const row = (client: string, sessions: 'new' | 'kept', figure: Latency): void =>
    note({ bench: 'latency', client, sessions, target: 'ipmi_sim, suite 3', ...figure });
  row('ipmi-js', 'new', await latency(login, false, 1_000));
  row('ipmi-js', 'kept', await latency(login, true, 5_000));
  row('ipmitool', 'new', await ipmitoolLatency(login, 30));
  await sim.stop();
}

const PLANS: readonly Sweep[] = [false, true].flatMap((kept) =>
  [8, 64].map((concurrency) => ({ count, concurrency, kept })),
);

async function benchSweeps(target: string, network: Network, goIpmi: string | undefined): Promise<void> {
  // Rounds that let both processes compile their hot code, as they would in service.
  await sweep({ count, concurrency: 64, kept: false });
  await sweep({ count, concurrency: 64, kept: true });
  for (const plan of PLANS) {
    const sessions = plan.kept ? ('kept' as const) : ('new' as const);
    const about = { bench: 'sweep', sessions, target, network: network.name, inFlight: plan.concurrency } as const;
    note({ ...about, client: 'ipmi-js', ...(await sweep(plan)) });
    if (goIpmi !== undefined) note({ ...about, client: 'go-ipmi', ...(await goSweep(goIpmi, plan)) });
  }
}

async function benchIpmitool(target: string, network: Network): Promise<void> {
  const plan = { count: Math.min(count, IPMITOOL_COUNT), concurrency: 8, kept: false };
  const about = { bench: 'sweep', sessions: 'new', target, network: network.name, inFlight: 8 } as const;
  note({ ...about, client: 'ipmitool', ...(await ipmitoolSweep(plan)) });
}

async function profileSweeps(target: string): Promise<void> {
  for (const plan of PLANS.filter(({ concurrency }) => concurrency === 64)) {
    const rounds = plan.kept ? 2 * PROFILED_ROUNDS : PROFILED_ROUNDS;
    const shares = await profile(async () => {
      for (let round = 0; round < rounds; round++) await sweep({ ...plan, count: Math.min(count, 200) });
    });
    print({ profile: 'sweep', sessions: plan.kept ? 'kept' : 'new', target, percent: shares });
  }
}

async function benchOurs(goIpmi: string | undefined): Promise<void> {
  const target = 'virtual BMCs of ipmi-js, suite 17';
  for (const network of NETWORKS) {
    const farm = await startFarm(count, network);
    await benchSweeps(target, network, goIpmi);
    await benchIpmitool(target, network);
    if (network.delayMs === 0) {
      note({ bench: 'memory', client: 'ipmi-js', sessions: 'kept', target, ...memoryOfSessions() });
      if (values.profile) await profileSweeps(target);
    }
    await farm.stop();
  }
}

/** At 0 delay the farm of ours bounds every client; go-ipmi's is another measure. */
async function benchTheirs(goIpmi: string): Promise<void> {
  const farm = await startGoFarm(goIpmi, count);
  await benchSweeps('BMCs of go-ipmi', { name: '0 ms', delayMs: 0, loss: 0 }, goIpmi);
  if (values.profile) await profileSweeps('BMCs of go-ipmi');
  await farm.stop();
}

/** In a process that did nothing before: one that has swept would have the memory already. */
function memoryOfSessions(): { heapMib: number; rssMib: number } {
  const program = new URL('memory.ts', import.meta.url).pathname;
  const args = ['--expose-gc', '--import', 'tsx', program, String(count)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as { heapMib: number; rssMib: number };
}

const goIpmi = buildGoIpmi();
await benchLatency();
await benchOurs(goIpmi);
if (goIpmi !== undefined) await benchTheirs(goIpmi);
for (const bar of bars(figures)) print(bar);
