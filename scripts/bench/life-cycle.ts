/**
 * Life cycle of fake-hardware nodes, manage → provide → active → deleted, N at once, through the REST API:
 *
 *   node --import tsx --conditions=source scripts/bench/life-cycle.ts [--nodes 1,50,200] [--temporal postgres|dev] [--rival]
 *
 * One JSON line for each N. `postgres` is Temporal's official server on PostgreSQL (scripts/bench/install-temporal-server.sh
 * builds it), `dev` the CLI's development server on a file. With --rival real Ironic 39 on MariaDB goes through the same, by
 * the same client, before Anneal does.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { cacheFolder } from '../setup/cache.ts';
import { ensureTemporalCli } from '../setup/temporal-cli.ts';
import { freeLowPorts } from '../stack/ports.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import type { ManagedProcess } from '../stack/managed-process.ts';
import { startIronic } from './ironic.ts';
import { cpuMsByProcess, memoryByProcess, quantile } from './measure.ts';

const HEADERS = { 'content-type': 'application/json', 'x-openstack-ironic-api-version': '1.90' };
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

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1,50,200' },
    temporal: { type: 'string', default: 'postgres' },
    rival: { type: 'boolean', default: false },
  },
});
const counts = values.nodes.split(',').map(Number);
// What production runs is measured.
await promisify(execFile)('npm', ['run', '--silent', 'build'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
});
const folder = await mkdtemp(join(tmpdir(), 'anneal-bench-'));
await chmod(folder, 0o755);
try {
  if (values.rival) await measureAll('ironic', await startIronic(join(folder, 'ironic')));
  await measureAll(`anneal, temporal ${values.temporal}`, await start());
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** What is measured: a service that speaks Ironic's API. */
interface Service {
  readonly apiUrl: string;
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  stop(): Promise<void>;
}

async function measureAll(name: string, service: Service): Promise<void> {
  try {
    await measure(service, 3, 'warm-up');
    console.log(JSON.stringify({ bench: 'memory', service: name, pssMib: await memoryByProcess(service.processes) }));
    for (const count of counts) {
      const runs = count === 1 ? 5 : 1;
      for (let run = 1; run <= runs; run += 1)
        console.log(JSON.stringify({ service: name, ...(await measure(service, count, `n${count}r${run}`)) }));
    }
  } finally {
    await service.stop();
  }
}

async function start(): Promise<Stack> {
  const [api, temporal] = await freeLowPorts(2);
  if (api === undefined || temporal === undefined) throw new Error('no free ports');
  const bin = join(cacheFolder(), 'bin');
  const official = { server: join(bin, 'temporal-server'), sqlTool: join(bin, 'temporal-sql-tool') };
  return startStack({
    folder,
    temporalCli: await ensureTemporalCli(() => {}),
    ports: { api, temporal },
    env: { ANNEAL_LOG_LEVEL: 'warn' },
    code: 'dist',
    ...(values.temporal === 'postgres' && { officialTemporal: official }),
  });
}

async function measure({ apiUrl, processes }: Service, count: number, label: string) {
  const createdAt = performance.now();
  const names = Array.from({ length: count }, (_, index) => `${label}-${index}`);
  await inBatches(names, 8, (name) => request(apiUrl, 'POST', '/v1/nodes', { driver: 'fake-hardware', name }));
  const cpuBefore = await cpuMsByProcess(processes);
  const startedAt = performance.now();
  const states = watchStates(apiUrl);
  const results = await Promise.allSettled(names.map((name) => lifeCycle(apiUrl, name, states.of)));
  await states.stop();
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuAfter = await cpuMsByProcess(processes);
  const cycles = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  const perCycle = Object.entries(cpuAfter).map(([name, ms]) => [name, round((ms - (cpuBefore[name] ?? 0)) / count)]);
  return {
    bench: 'life-cycle',
    label,
    nodes: count,
    seconds: round(seconds),
    nodesPerMinute: round((cycles.length * 60) / seconds),
    p50Seconds: round(
      quantile(
        cycles.map((cycle) => cycle.seconds),
        0.5,
      ),
    ),
    p95Seconds: round(
      quantile(
        cycles.map((cycle) => cycle.seconds),
        0.95,
      ),
    ),
    legP50Seconds: Object.fromEntries(
      LEGS.map(({ target }) => [
        target,
        round(
          quantile(
            cycles.map((cycle) => cycle.legs[target] ?? 0),
            0.5,
          ),
        ),
      ]),
    ),
    creationsPerSecond: round((count * 1000) / (startedAt - createdAt)),
    cpuMsPerCycle: Object.fromEntries(perCycle),
    failed: failures.length,
    ...(failures[0] !== undefined && { firstFailure: failures[0] }),
  };
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

/** One reader for all nodes, so that the measuring costs little: the list of states, again and again. */
function watchStates(apiUrl: string) {
  const known = new Map<string, NodeState>();
  let stopping = false;
  const loop = (async () => {
    while (!stopping) {
      const askedAt = performance.now();
      const { nodes } = await request(apiUrl, 'GET', '/v1/nodes?fields=name,provision_state,last_error&limit=1000');
      for (const node of nodes as { name: string; provision_state: string; last_error: string | null }[])
        known.set(node.name, { state: node.provision_state, lastError: node.last_error, askedAt });
      await sleep(POLL_MS);
    }
  })();
  return {
    of: (name: string) => known.get(name),
    stop: () => {
      stopping = true;
      return loop;
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

async function request(apiUrl: string, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const init = { method, headers: HEADERS, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(`${apiUrl}${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function inBatches<T>(items: readonly T[], size: number, work: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += size) await Promise.all(items.slice(at, at + size).map(work));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
