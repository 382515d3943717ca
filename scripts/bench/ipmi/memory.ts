/** What kept sessions to a running farm take: `memory.ts COUNT`; prints MiB over an idle client as JSON. */
import { IpmiClient } from 'ipmi-js';
import { each, handles, round } from './measure.ts';

function mib(): { heap: number; rss: number } {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: (heapUsed + external) / 2 ** 20, rss: rss / 2 ** 20 };
}

const count = Number(process.argv[2]);
const client = new IpmiClient();
const before = mib();
const bmcs = handles(client, count);
await each(count, 64, async (index) => bmcs[index]?.getChassisStatus());
const after = mib();
await client.close();
console.log(JSON.stringify({ heapMib: round(after.heap - before.heap), rssMib: round(after.rss - before.rss) }));
