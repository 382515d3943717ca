import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import type { VictimNews, VictimOrders } from './victim.ts';
import type { PlannedFault } from './wrap.ts';

/** How long all operations may take to reach the places where the kill is to hit them. */
const ALL_REACHED_MS = 120_000;

/** Worker processes: one that is killed with all its work in hand, and one that comes after it. */
export interface Victims {
  /** Waits until everything hangs where it was planned, kills the worker with SIGKILL and starts another. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the worker that will be killed; `fired` hears of each node whose fault takes place. */
export function startVictims(
  bench: Bench,
  taskQueue: string,
  plan: readonly PlannedFault[],
  fired: (nodeUuid: string) => void,
): Victims {
  const reached = new Set<string>();
  const launch = (faults: readonly PlannedFault[]): ChildProcess => {
    const child = fork(fileURLToPath(new URL('./victim.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx', '--conditions=source'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (news) => {
      const { nodeUuid, event } = news as VictimNews;
      if (event === 'fired') fired(nodeUuid);
      else reached.add(nodeUuid);
    });
    child.send({ env: bench.env, codePath: bench.codePath, taskQueue, plan: faults } satisfies VictimOrders);
    return child;
  };
  let child = launch(plan);
  return {
    async kill() {
      const until = Date.now() + ALL_REACHED_MS;
      while (reached.size < plan.length && Date.now() < until) await sleep(50);
      await end(child);
      child = launch([]);
    },
    close: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
