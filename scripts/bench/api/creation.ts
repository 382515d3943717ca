import { inLanes, request, round } from '../client.ts';
import { costOf } from '../measure.ts';
import type { Service } from '../services.ts';

const AT_ONCE = 8;

/** How fast nodes are made, eight at a time. */
export interface CreationFigures {
  readonly perSecond: number;
  /** CPU time of all processes, database included, for one node. */
  readonly cpuMs: number;
}

/** Makes nodes as an inventory tool does: named, with properties and a resource class. */
export async function measureCreation(
  { apiUrl, processes }: Service,
  prefix: string,
  count: number,
): Promise<CreationFigures> {
  const bodies = Array.from({ length: count }, (_, index) => ({
    driver: 'fake-hardware',
    name: `${prefix}${index}`,
    resource_class: 'baremetal',
    properties: { cpus: 32, cpu_arch: 'x86_64', memory_mb: 262_144, local_gb: 960, capabilities: 'boot_mode:uefi' },
    extra: { rack: `r${index % 40}` },
  }));
  const { seconds, cpuMs } = await costOf(processes, () =>
    inLanes(bodies, AT_ONCE, (body) => request(apiUrl, 'POST', '/v1/nodes', body)),
  );
  return { perSecond: round(count / seconds), cpuMs: round(cpuMs / count) };
}
