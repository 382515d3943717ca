import { cancellationSignal } from '@temporalio/activity';
import { countRacks, listWatchedNodes, recordHealth, recordSweep, selectFleet } from '../db/fleet.ts';
import { addHistory } from '../db/history.ts';
import type { FleetNode, FleetSelector } from '../domain/fleet.ts';
import type { Node } from '../domain/node.ts';
import type { PowerReading } from '../drivers/power-sweep.ts';
import type { Tools } from './tools.ts';

/** How long one BMC may hold a sweep up. */
const SWEEP_DEADLINE_MS = 20_000;

/** Which nodes a scheduled cleaning is about, and how large their racks are. */
export interface Fleet {
  readonly nodes: readonly FleetNode[];
  readonly rackSizes: Readonly<Record<string, number>>;
}

/** What a sweep found. */
export interface SweepResult {
  readonly read: number;
  readonly changed: number;
  readonly unreachable: number;
}

/** Activities that look at all nodes of a site. */
export const createFleetActivities = (tools: Tools) => ({
  /** Finds the nodes of a cleaning schedule; an empty selector means none. */
  async findFleet(input: { readonly site: string; readonly selector: FleetSelector }): Promise<Fleet> {
    const nodes = await selectFleet(tools.db, input);
    return { nodes, rackSizes: await countRacks(tools.db, input.site) };
  },

  /** Reads power and health of every node of the site over kept sessions and writes only what changed. */
  async sweepPower({ site }: { readonly site: string }): Promise<SweepResult> {
    const nodes = await listWatchedNodes(tools.db, site);
    const sweep = {
      nodes,
      signal: cancellationSignal(),
      concurrency: tools.settings.sweepConcurrency,
      deadlineMs: SWEEP_DEADLINE_MS,
    };
    const readings = await tools.drivers.sweepPower(sweep);
    const before = new Map(nodes.map((node) => [node.uuid, node]));
    const news = readings.filter((reading) => reading.powerState !== before.get(reading.nodeUuid)?.powerState);
    let changed = 0;
    for (const reading of news) changed += (await write(tools, reading)) ? 1 : 0;
    for (const reading of readings) await writeHealth(tools, reading, before.get(reading.nodeUuid));
    return { read: readings.length, changed, unreachable: readings.filter((reading) => reading.error !== null).length };
  },
});

async function write({ db, hostname }: Tools, { nodeUuid, powerState, error }: PowerReading): Promise<boolean> {
  const changed = await recordSweep(db, { nodeUuid, powerState });
  if (!changed) return false;
  const event =
    error === null ? `The machine was found in "${powerState}".` : `The power state is unknown: ${error.message}`;
  const severity = error === null ? 'INFO' : 'WARNING';
  await addHistory(db, { nodeUuid, event, eventType: 'monitoring', severity, conductor: hostname });
  return true;
}

/** A BMC that didn't answer has said nothing of health either. */
async function writeHealth(
  { db, hostname }: Tools,
  { nodeUuid, health, error }: PowerReading,
  before: Node | undefined,
): Promise<void> {
  if (error !== null || before === undefined || before.health === health) return;
  if (!(await recordHealth(db, { nodeUuid, health }))) return;
  const event = `The BMC says of the machine's health: ${health ?? 'nothing'} (before: ${before.health ?? 'nothing'}).`;
  const severity = health === 'Warning' || health === 'Critical' ? 'WARNING' : 'INFO';
  await addHistory(db, { nodeUuid, event, eventType: 'monitoring', severity, conductor: hostname });
}
