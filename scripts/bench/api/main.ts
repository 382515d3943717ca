/**
 * Anneal beside real Ironic 39, in one run and by one client: start, memory, life cycles, creation, lists.
 *
 *   node --import tsx --conditions=source scripts/bench/api/main.ts [--parts start,cycles,creation,lists] [--only anneal|ironic]
 *     [--nodes 1,50,200] [--sizes 1000,10000] [--seconds 5]
 *
 * One JSON line for each figure, with the ratio and the bar where both were measured. Ironic runs as API and conductor on
 * MariaDB, Anneal on Temporal's official server (scripts/bench/install-temporal-server.sh) and a PostgreSQL that syncs
 * each commit. What is being measured is told on stderr.
 */
import { parseArgs } from 'node:util';
import { measureLifeCycle, warmUp } from '../cycles.ts';
import { memoryByProcess } from '../measure.ts';
import { inBenchFolder, prepareAnneal, startAnnealService, startIronicService, type Service } from '../services.ts';
import { round } from '../client.ts';
import { measureColdStart } from './cold-start.ts';
import { measureCreation } from './creation.ts';
import { LISTS, measureList } from './lists.ts';
import { Results, type Figures } from './results.ts';

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: 'start,cycles,creation,lists' },
    only: { type: 'string' },
    nodes: { type: 'string', default: '1,50,200' },
    sizes: { type: 'string', default: '1000,10000' },
    seconds: { type: 'string', default: '5' },
  },
});
const parts = new Set(values.parts.split(','));
const counts = values.nodes.split(',').map(Number);
const sizes = values.sizes.split(',').map(Number);
const seconds = Number(values.seconds);
const results = new Results();

const SERVICES = {
  ironic: startIronicService,
  anneal: (folder: string) => startAnnealService(folder, 'postgres'),
} as const;
const names = (['ironic', 'anneal'] as const).filter((name) => values.only === undefined || values.only === name);

if (names.includes('anneal')) await prepareAnneal('postgres');
for (const name of names) {
  await inBenchFolder(async (folder) => {
    const service = await SERVICES[name](folder);
    try {
      await measureService(service, (what, figures) => {
        process.stderr.write(`${name}: ${what} ${JSON.stringify(figures)}\n`);
        results.add(name, what, figures);
      });
    } finally {
      await service.stop();
    }
  });
}
for (const line of results.lines()) console.log(JSON.stringify(line));

type Note = (what: string, figures: Figures) => void;

/** Life cycles come before the many nodes, because their reader asks for all. */
async function measureService(service: Service, note: Note): Promise<void> {
  if (parts.has('start')) {
    for (let run = 1; run <= 3; run += 1)
      note(`cold start ${run}`, { ...(await measureColdStart(service, String(run))) });
    note('memory, idle', await ownMemory(service));
  }
  if (parts.has('cycles')) await measureCycles(service, note);
  if (parts.has('creation') || parts.has('lists')) {
    await measureCreation(service, 'first-', 40);
    note('creation', { ...(await measureCreation(service, 'bench-', 960)) });
  }
  if (parts.has('lists')) await measureLists(service, note);
  note('memory, afterwards', await ownMemory(service));
}

async function measureCycles(service: Service, note: Note): Promise<void> {
  await warmUp(service);
  for (const count of counts) {
    const runs = count === 1 ? 5 : 1;
    for (let run = 1; run <= runs; run += 1) {
      const { nodesPerMinute, p50Seconds, p95Seconds, failed, cpuMsPerCycle } = await measureLifeCycle(
        service,
        count,
        `n${count}r${run}`,
      );
      const cpuMs = round(Object.values(cpuMsPerCycle as Record<string, number>).reduce((sum, ms) => sum + ms, 0));
      note(`life cycle, ${count} at once, run ${run}`, { nodesPerMinute, p50Seconds, p95Seconds, failed, cpuMs });
    }
  }
}

async function measureLists(service: Service, note: Note): Promise<void> {
  let have = 1000;
  for (const size of sizes) {
    if (size > have) await service.copyNodes('bench-', Math.ceil((size - have) / 960));
    have = Math.max(have, size);
    for (const path of LISTS)
      for (const clients of [1, 4])
        note(`${path} of ${size}, ${clients} client${clients === 1 ? '' : 's'}`, {
          ...(await measureList(service, path, { clients, seconds })),
        });
  }
}

/** Proportional set size of the service's own processes, in MiB; its database and Temporal stand beside it. */
async function ownMemory({ processes, own }: Service): Promise<Figures> {
  const all = await memoryByProcess(processes);
  const sum = own.reduce((total, name) => total + (all[name] ?? 0), 0);
  return { ownMib: round(sum), ...all };
}
