import { IpmiClient } from 'ipmi-js';
import type { Bmc } from 'ipmi-js';

/** How a sweep is to go. */
export interface Sweep {
  readonly firstPort: number;
  readonly count: number;
  readonly concurrency: number;
  readonly kept: boolean;
}

/** What a sweep showed. */
export interface SweepResult {
  readonly perSecond: number;
  readonly failures: number;
  /** CPU seconds of this process. */
  readonly cpuSeconds: number;
}

/** Runs `work` for 0 … count - 1, so many at once. */
async function each(count: number, concurrency: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

const handle = (client: IpmiClient, port: number): Bmc =>
  client.bmc({ host: '127.0.0.1', port, username: 'ADMIN', password: 'ADMIN', deadlineMs: 30_000 });

/** One power status of each BMC: over sessions that are open already, or opened and closed for it. */
export async function sweep({ firstPort, count, concurrency, kept }: Sweep): Promise<SweepResult> {
  const client = new IpmiClient();
  const bmcs = Array.from({ length: count }, (_, index) => handle(client, firstPort + index));
  let failures = 0;
  const status = async (bmc: Bmc | undefined): Promise<void> => {
    try {
      await bmc?.getChassisStatus();
    } catch {
      failures += 1;
    }
  };
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
  return { perSecond: Math.round(count / seconds), failures, cpuSeconds: (user + system) / 1e6 };
}

const percentile = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;

/** Median and 95th percentile of one status, in ms. */
export async function latency(
  target: { port: number; username: string; password: string; suite: number },
  kept: boolean,
  runs: number,
): Promise<{ p50: number; p95: number }> {
  const client = new IpmiClient();
  const { suite, ...login } = target;
  const bmc = client.bmc({ host: '127.0.0.1', ...login, cipherSuites: [suite] });
  const times: number[] = [];
  for (let run = 0; run < runs + 50; run++) {
    const started = performance.now();
    await bmc.getChassisStatus();
    if (!kept) await bmc.closeSession();
    if (run >= 50) times.push(performance.now() - started);
  }
  await client.close();
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

/** Heap and resident MiB that `count` kept sessions take over an idle client. */
export async function memoryOfSessions(firstPort: number, count: number): Promise<{ heapMib: number; rssMib: number }> {
  const mib = (): { heap: number; rss: number } => {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    return { heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 };
  };
  const client = new IpmiClient();
  await handle(client, firstPort).getChassisStatus();
  const before = mib();
  const bmcs = Array.from({ length: count }, (_, index) => handle(client, firstPort + index));
  await each(count, 64, async (index) => {
    await bmcs[index]?.getChassisStatus();
  });
  const after = mib();
  await client.close();
  return { heapMib: after.heap - before.heap, rssMib: after.rss - before.rss };
}
