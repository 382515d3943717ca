/**
 * The journey of `npm start` with two machines, phase by phase, and Anneal's own share of each operation: all but
 * firmware, agent and guest. One JSON line for each operation and one for the whole. Needs root, as the lab does.
 *
 *   node --import tsx --conditions=source scripts/bench/journey.ts
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureArtifacts } from '../../lab/image/artifacts.ts';
import { destroyLab } from '../../lab/lab.ts';
import { connectClient } from '../../temporal/client.ts';
import { setUp } from '../setup/setup.ts';
import { startLabStack } from '../stack/lab-stack.ts';
import { freeLowPorts } from '../stack/ports.ts';
import { ApiClient } from '../start/api-client.ts';
import { Display } from '../start/display.ts';
import { Expectations } from '../start/expectations.ts';
import { labJourney } from '../start/lab-journey.ts';
import { closeTenantPages } from '../start/tenant-page.ts';
import { sharesOf, type Shares } from './own-share.ts';

const LAB = 'bench';
const { temporalCli } = await setUp('lab', () => {});
const artifacts = await ensureArtifacts();
const folder = await mkdtemp(join(tmpdir(), 'anneal-bench-'));
await chmod(folder, 0o755);
process.env['ANNEAL_LAB_DIRECTORY'] = join(folder, 'lab');
const begun = performance.now();
const stack = await start();
try {
  const display = new Display({ write: (text: string) => process.stderr.write(text) });
  const expectations = await Expectations.read(join(folder, 'expectations.json'));
  const readyS = (performance.now() - begun) / 1000;
  await labJourney({ api: new ApiClient(stack.apiUrl), lab: stack.lab, artifacts, display, expectations });
  display.close();
  const totalS = (performance.now() - begun) / 1000;
  for (const line of await operationLines(stack.temporalAddress)) console.log(JSON.stringify(line));
  console.log(JSON.stringify({ bench: 'journey', machines: stack.lab.nodes.length, ...rounded({ readyS, totalS }) }));
} finally {
  await closeTenantPages();
  await stack.stop();
  await destroyLab(LAB, { purge: true });
  await rm(folder, { recursive: true, force: true });
}

async function start() {
  const [api = 0, temporal = 0] = await freeLowPorts(2);
  return startLabStack({
    folder,
    temporalCli,
    ports: { api, temporal },
    lab: { name: LAB, nodes: 2 },
    workerEnv: { ANNEAL_IMAGE_FOLDERS: dirname(artifacts.osImageRaw) },
  });
}

/** Every operation on a node, in the order in which they began. */
async function operationLines(address: string): Promise<object[]> {
  const { client, connection } = await connectClient({ address, namespace: 'default', payloadKey: undefined });
  const lines: { startedAt: number; line: object }[] = [];
  for await (const { workflowId, runId, type, startTime, memo } of client.workflow.list()) {
    if (!workflowId.startsWith('node:')) continue;
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const line = {
      bench: 'journey-operation',
      node: memo?.['nodeName'],
      operation: type,
      ...flat(sharesOf(events ?? [])),
    };
    lines.push({ startedAt: startTime.getTime(), line });
  }
  await connection.close();
  return lines.toSorted((a, b) => a.startedAt - b.startedAt).map(({ line }) => line);
}

function flat({ agent, ...rest }: Shares): object {
  return { ...rounded(rest), agent: rounded(agent) };
}

function rounded(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Math.round(value * 100) / 100]));
}
