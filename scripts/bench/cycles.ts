import { setTimeout as sleep } from 'node:timers/promises';
import { inLanes, request, round } from './client.ts';
import { cpuMsByProcess, quantile } from './measure.ts';
import type { Service } from './services.ts';

const LEGS = [
  { target: 'manage', reached: 'manageable' },
  { target: 'provide', reached: 'available' },
  { target: 'active', reached: 'active' },
  { target: 'deleted', reached: 'available' },
] as const;
const POLL_MS = 20;
const CYCLE_LIMIT_MS = 10 * 60_000;

interface Cycle {
  readonly seconds: number;
  readonly legs: Readonly<Record<string, number>>;
}

/** Three nodes through the life cycle, so that nothing measured is the first of its kind. @throws Error when one fails */
export async function warmUp(service: Service): Promise<void> {
  const { firstFailure } = await measureLifeCycle(service, 3, 'warm-up');
  if (firstFailure !== undefined) throw new Error(`The service is not ready: ${firstFailure}`);
}

/** N nodes through the whole life cycle at once; `label` keeps the names of runs apart. */
export async function measureLifeCycle({ apiUrl, processes }: Service, count: number, label: string) {
  const createdAt = performance.now();
  const names = Array.from({ length: count }, (_, index) => `${label}-${index}`);
  await inLanes(names, 8, (name) => request(apiUrl, 'POST', '/v1/nodes', { driver: 'fake-hardware', name }));
  const cpuBefore = await cpuMsByProcess(processes);
  const startedAt = performance.now();
  const states = watchStates(apiUrl);
  const results = await Promise.allSettled(names.map((name) => lifeCycle(apiUrl, name, states.of)));
  const { brokenReads } = await states.stop();
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuAfter = await cpuMsByProcess(processes);
  const cycles = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  const perCycle = Object.entries(cpuAfter).map(([name, ms]) => [name, round((ms - (cpuBefore[name] ?? 0)) / count)]);
  const wholeSeconds = cycles.map((cycle) => cycle.seconds);
  return {
    bench: 'life-cycle',
    label,
    nodes: count,
    seconds: round(seconds),
    nodesPerMinute: round((cycles.length * 60) / seconds),
    p50Seconds: round(quantile(wholeSeconds, 0.5)),
    p95Seconds: round(quantile(wholeSeconds, 0.95)),
    legP50Seconds: Object.fromEntries(LEGS.map(({ target }) => [target, legMedian(cycles, target)])),
    creationsPerSecond: round((count * 1000) / (startedAt - createdAt)),
    cpuMsPerCycle: Object.fromEntries(perCycle),
    failed: failures.length,
    ...(failures[0] !== undefined && { firstFailure: failures[0] }),
    ...(brokenReads > 0 && { brokenReads }),
  };
}

function legMedian(cycles: readonly Cycle[], target: string): number {
  const seconds = cycles.map((cycle) => cycle.legs[target] ?? 0);
  return round(quantile(seconds, 0.5));
}

async function lifeCycle(
  apiUrl: string,
  name: string,
  stateOf: (name: string) => NodeState | undefined,
): Promise<Cycle> {
  const startedAt = performance.now();
  const legs: Record<string, number> = {};
  for (const { target, reached } of LEGS) {
    const legStart = performance.now();
    await request(apiUrl, 'PUT', `/v1/nodes/${name}/states/provision`, { target });
    await until(() => arrived(stateOf(name), legStart, reached));
    legs[target] = (performance.now() - legStart) / 1000;
  }
  return { seconds: (performance.now() - startedAt) / 1000, legs };
}

interface NodeState {
  readonly state: string;
  readonly lastError: string | null;
  /** When the request that read it was sent. */
  readonly askedAt: number;
}

const STATES = '/v1/nodes?fields=name,provision_state,last_error&limit=1000';

/** One reader for all nodes, so that the measuring costs little: the list of states, again and again. */
function watchStates(apiUrl: string) {
  const known = new Map<string, NodeState>();
  let stopping = false;
  let brokenReads = 0;
  const read = async () => {
    const askedAt = performance.now();
    const { nodes } = await request(apiUrl, 'GET', STATES);
    for (const node of nodes as { name: string; provision_state: string; last_error: string | null }[])
      known.set(node.name, { state: node.provision_state, lastError: node.last_error, askedAt });
  };
  const loop = (async () => {
    while (!stopping) {
      // Ironic's server drops connections when many come at once; what is measured is the life cycle.
      await read().catch(() => (brokenReads += 1));
      await sleep(POLL_MS);
    }
  })();
  return {
    of: (name: string) => known.get(name),
    async stop() {
      stopping = true;
      await loop;
      return { brokenReads };
    },
  };
}

/** True once a reading sent after `since` shows the state; the state before the verb was taken doesn't count. */
function arrived(node: NodeState | undefined, since: number, reached: string): boolean {
  if (node === undefined || node.askedAt < since) return false;
  if (/failed|error/.test(node.state)) throw new Error(`${node.state}: ${node.lastError}`);
  return node.state === reached;
}

async function until(isDone: () => boolean): Promise<void> {
  const deadline = performance.now() + CYCLE_LIMIT_MS;
  while (!isDone()) {
    if (performance.now() > deadline) throw new Error(`not done after ${CYCLE_LIMIT_MS / 1000} s`);
    await sleep(5);
  }
}
