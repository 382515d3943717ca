import { IpmiClient } from 'ipmi-js';
import type { Bmc } from 'ipmi-js';
import { FIRST_PORT } from './farms.ts';

/** How a sweep is to go. */
export interface Sweep {
  readonly count: number;
  readonly concurrency: number;
  readonly kept: boolean;
}

/** What a sweep showed. */
export interface SweepResult {
  readonly perSecond: number;
  readonly failures: number;
  /** CPU time of the client for each status, µs. */
  readonly cpuUs?: number;
}

/** Median and 95th percentile, ms. */
export interface Latency {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Runs `work` for 0 … count - 1, so many at once. */
export async function each(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** Handles to the farm's BMCs; nothing is sent yet. */
export const handles = (client: IpmiClient, count: number): Bmc[] =>
  Array.from({ length: count }, (_, index) =>
    client.bmc({
      host: '127.0.0.1',
      port: FIRST_PORT + index,
      username: 'ADMIN',
      password: 'ADMIN',
      deadlineMs: 30_000,
    }),
  );

/** One power status of each BMC: over sessions that are open already, or opened and closed for it. */
export async function sweep({ count, concurrency, kept }: Sweep): Promise<SweepResult> {
  const client = new IpmiClient();
  const bmcs = handles(client, count);
  let failures = 0;
  const status = (bmc: Bmc | undefined): Promise<unknown> =>
    bmc?.getChassisStatus().catch(() => (failures += 1)) ?? Promise.resolve();
  if (kept) await each(count, concurrency, (index) => status(bmcs[index]));
  const cpu = process.cpuUsage();
  const started = performance.now();
  await each(count, concurrency, async (index) => {
    await status(bmcs[index]);
    if (!kept) await bmcs[index]?.close();
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await client.close();
  return { perSecond: Math.round(count / seconds), failures, cpuUs: Math.round((user + system) / count) };
}

/** Three decimals. */
export const round = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Percentiles of durations in any order. */
export function percentiles(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}

/** Calls before measuring: until Node has compiled what a service runs all day. */
const WARM_UP = 1_500;

/** Duration of one status, with a session opened and closed for it, or over a kept one. */
export async function latency(
  target: { port: number; username: string; password: string; suite: number },
  kept: boolean,
  runs: number,
): Promise<Latency> {
  const client = new IpmiClient();
  const { suite, ...login } = target;
  const bmc = client.bmc({ host: '127.0.0.1', ...login, cipherSuites: [suite] });
  const times: number[] = [];
  for (let run = 0; run < runs + WARM_UP; run++) {
    const started = performance.now();
    await bmc.getChassisStatus();
    if (!kept) await bmc.closeSession();
    if (run >= WARM_UP) times.push(performance.now() - started);
  }
  await client.close();
  return percentiles(times);
}
