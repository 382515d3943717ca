import { readdir, readFile } from 'node:fs/promises';
import type { ManagedProcess } from '../stack/managed-process.ts';

const MS_PER_TICK = 10;

type Processes = ReadonlyMap<string, ManagedProcess>;

/**
 * CPU time that each process and its children, also those that ended, have used so far, in milliseconds (proc(5):
 * utime + stime + cutime + cstime, 100 Hz).
 */
export async function cpuMsByProcess(processes: Processes): Promise<Record<string, number>> {
  return byProcess(processes, async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * MS_PER_TICK;
  });
}

/** Proportional set size of each process and its children, in MiB (proc(5): smaps_rollup). */
export async function memoryByProcess(processes: Processes): Promise<Record<string, number>> {
  return byProcess(processes, async (pid) => {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Math.round(Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 102.4) / 10;
  });
}

/** How long `work` took, and the CPU time that all processes together used meanwhile. */
export async function costOf(
  processes: Processes,
  work: () => Promise<unknown>,
): Promise<{ readonly seconds: number; readonly cpuMs: number }> {
  const before = await cpuMsByProcess(processes);
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await cpuMsByProcess(processes);
  const cpuMs = Object.entries(after).reduce((sum, [name, ms]) => sum + ms - (before[name] ?? 0), 0);
  return { seconds, cpuMs };
}

/** The value below which the given share of the values lies; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

async function byProcess(
  processes: Processes,
  read: (pid: number) => Promise<number>,
): Promise<Record<string, number>> {
  const parents = await readParents();
  const sums: Record<string, number> = {};
  for (const [name, managed] of processes) {
    const pids = withDescendants(managed.pid(), parents);
    const values = await Promise.all(pids.map((pid) => read(pid).catch(() => 0)));
    sums[name] = values.reduce((sum, value) => sum + value, 0);
  }
  return sums;
}

async function readParents(): Promise<Map<number, number>> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '') : '';
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  return parents;
}

function withDescendants(root: number | undefined, parents: ReadonlyMap<number, number>): number[] {
  const found = root === undefined ? [] : [root];
  for (const ancestor of found) for (const [pid, parent] of parents) if (parent === ancestor) found.push(pid);
  return found;
}
