import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import type { VictimNews, VictimOrders } from './victim.ts';
import type { PlannedFault } from './wrap.ts';

/** How long all operations may take to reach the places where the faults are to hit them. */
const ALL_REACHED_MS = 120_000;
/** How long a worker that wakes up may take to settle what it had in hand. */
const ALL_SETTLED_MS = 30_000;

/** Operations on a queue of their own, and the worker process that begins them. */
export interface Victims {
  /** Waits until everything hangs where it was planned, then lets the fault hit the worker and starts another. */
  strike(): Promise<void>;
  /** Ends the worker. */
  close(): Promise<void>;
}

/** A worker that stands still and wakes up. */
export interface Sleepers extends Victims {
  /** Wakes the worker; names the nodes on which it made a change all the same. */
  wake(): Promise<ReadonlySet<string>>;
}

/** What `startVictims` and `startSleepers` are told. */
export interface VictimPlan {
  readonly taskQueue: string;
  readonly plan: readonly PlannedFault[];
  /** Hears of each node whose fault takes place. */
  readonly fired: (nodeUuid: string) => void;
}

type Heard = Readonly<Record<VictimNews['event'], Set<string>>>;

/** Starts a worker that will be killed with all its work in hand; another one comes after it. */
export function startVictims(bench: Bench, victims: VictimPlan): Victims {
  const { child, heard } = startWorker(bench, victims);
  return {
    async strike() {
      await untilMany(heard.reached, victims.plan.length, ALL_REACHED_MS);
      await end(child);
      await bench.serve(victims.taskQueue);
    },
    close: () => end(child),
  };
}

/** Starts a worker that will be stopped (SIGSTOP) with all its work in hand, while another one does that work. */
export function startSleepers(bench: Bench, sleepers: VictimPlan): Sleepers {
  const { child, heard } = startWorker(bench, sleepers);
  return {
    async strike() {
      await untilMany(heard.reached, sleepers.plan.length, ALL_REACHED_MS);
      child.kill('SIGSTOP');
      await bench.serve(sleepers.taskQueue);
    },
    async wake() {
      child.kill('SIGCONT');
      child.send('go on');
      await untilMany(heard.settled, heard.reached.size, ALL_SETTLED_MS);
      return heard.acted;
    },
    close: () => end(child),
  };
}

function startWorker(bench: Bench, { taskQueue, plan, fired }: VictimPlan): { child: ChildProcess; heard: Heard } {
  const heard: Heard = { fired: new Set(), reached: new Set(), acted: new Set(), settled: new Set() };
  const child = fork(fileURLToPath(new URL('./victim.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx', '--conditions=source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', (news) => {
    const { nodeUuid, event } = news as VictimNews;
    heard[event].add(nodeUuid);
    if (event === 'fired') fired(nodeUuid);
  });
  child.send({ env: bench.env, codePath: bench.codePath, taskQueue, plan } satisfies VictimOrders);
  return { child, heard };
}

async function untilMany(heard: ReadonlySet<string>, count: number, longestMs: number): Promise<void> {
  for (const until = Date.now() + longestMs; heard.size < count && Date.now() < until;) await sleep(50);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
