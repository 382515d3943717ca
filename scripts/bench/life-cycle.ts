/**
 * Life cycle of fake-hardware nodes, manage → provide → active → deleted, N at once, through the REST API:
 *
 *   node --import tsx --conditions=source scripts/bench/life-cycle.ts [--nodes 1,50,200] [--temporal postgres|dev] [--rival]
 *
 * One JSON line for each N. `postgres` is Temporal's official server on PostgreSQL (scripts/bench/install-temporal-server.sh
 * builds it), `dev` the CLI's development server on a file. With --rival real Ironic 39 on MariaDB goes through the same, by
 * the same client, before Anneal does.
 */
import { parseArgs } from 'node:util';
import { measureLifeCycle, warmUp } from './cycles.ts';
import { memoryByProcess } from './measure.ts';
import { inBenchFolder, prepareAnneal, startAnnealService, startIronicService, type Service } from './services.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1,50,200' },
    temporal: { type: 'string', default: 'postgres' },
    rival: { type: 'boolean', default: false },
  },
});
const counts = values.nodes.split(',').map(Number);
const temporal = values.temporal === 'postgres' ? 'postgres' : 'dev';
await prepareAnneal(temporal);
await inBenchFolder(async (folder) => {
  if (values.rival) await measureAll('ironic', await startIronicService(folder));
  await measureAll(`anneal, temporal ${temporal}`, await startAnnealService(folder, temporal));
});

async function measureAll(name: string, service: Service): Promise<void> {
  try {
    await warmUp(service);
    console.log(JSON.stringify({ bench: 'memory', service: name, pssMib: await memoryByProcess(service.processes) }));
    for (const count of counts) {
      const runs = count === 1 ? 5 : 1;
      for (let run = 1; run <= runs; run += 1)
        console.log(JSON.stringify({ service: name, ...(await measureLifeCycle(service, count, `n${count}r${run}`)) }));
    }
  } finally {
    await service.stop();
  }
}
