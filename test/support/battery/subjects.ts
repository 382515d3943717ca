import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getFakeSwitchVlan, setFakeSwitchVlan } from '../../../db/fake-switch-ports.ts';
import { saveInventory } from '../../../db/inventory.ts';
import { insertPort } from '../../../db/ports.ts';
import { upsertSwitch } from '../../../db/switches.ts';
import { attachVif } from '../../../db/vifs.ts';
import { addMachine as addAgentMachine, type Machine as AgentMachine } from '../../workflows/support/machine.ts';
import { makeAgentCertificate, type AgentCertificate } from '../agent-server.ts';
import { NEW_PORT } from '../new-records.ts';
import {
  addMachine,
  addNode,
  AGENT_TOKEN,
  BMC_PASSWORD,
  readSnapshot,
  VLANS,
  type DeviceFacts,
  type Snapshot,
} from '../world.ts';
import type { Bench } from './bench.ts';
import { createGate, type Gate } from './gate.ts';
import type { Scenario } from './scenarios.ts';

/** The machine that one operation works on. */
export interface Subject {
  readonly nodeUuid: string;
  /** Everything about the node and its machine that an operation may touch. */
  snapshot(): Promise<Snapshot>;
  close(): Promise<void>;
}

/** What all machines share. */
export interface Supplies {
  readonly certificate: AgentCertificate;
  readonly image: { readonly url: string; readonly sha256: string };
  /** Looks at the world, a few at a time: hundreds of operations end at once, and the pool of connections is small. */
  readonly look: Gate;
}

/** Makes a small image in `folder`, and a certificate for the agents. */
export async function makeSupplies(folder: string): Promise<Supplies> {
  const bytes = randomBytes(8192);
  // An MBR's signature: an image without any is refused.
  bytes.writeUInt16BE(0x55aa, 510);
  const path = join(folder, 'image.raw');
  await writeFile(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { certificate: await makeAgentCertificate(), image: { url: `file://${path}`, sha256 }, look: createGate(4) };
}

/** Adds the machine of a scenario. */
export async function addSubject(bench: Bench, supplies: Supplies, { machine }: Scenario): Promise<Subject> {
  const add = machine.kind === 'agent' ? addAgentSubject : addFakeSubject;
  const subject = await supplies.look(() => add(bench, supplies, machine));
  return { ...subject, snapshot: () => supplies.look(() => subject.snapshot()) };
}

async function addFakeSubject(
  { database: { pool } }: Bench,
  _: Supplies,
  machine: Scenario['machine'],
): Promise<Subject> {
  const { uuid: nodeUuid } = await addMachine(pool, machine);
  return { nodeUuid, snapshot: () => readSnapshot(pool, nodeUuid), close: () => Promise.resolve() };
}

const PORT = 'port-1';

async function addAgentSubject(
  { client, database: { pool } }: Bench,
  { certificate, image }: Supplies,
  wanted: Scenario['machine'],
): Promise<Subject> {
  const { provisionState, tenant, vif, inspected } = wanted;
  const surroundings = {
    tools: { db: pool },
    client,
    addNode: (node = {}) => addNode(pool, { ...node, provisionState }),
  };
  const machine = await addAgentMachine(surroundings, {
    certificate,
    bmcPassword: BMC_PASSWORD,
    agentToken: AGENT_TOKEN,
    heartbeatMs: wanted.heartbeatMs,
  });
  const { nodeUuid } = machine;
  const name = `switch-${nodeUuid}`;
  await upsertSwitch(pool, { name, driver: 'fake', settings: { ports: [PORT] } });
  await setFakeSwitchVlan(pool, { switchName: name, portId: PORT, vlan: VLANS[tenant ?? 'parked'] });
  const portUuid = await plugIn(pool, { nodeUuid, switchName: name });
  if (vif !== undefined) await attachVif(pool, { nodeUuid, vifId: vif, portUuid });
  if (inspected) await saveInventory(pool, { nodeUuid, inventory: { disks: machine.disks }, pluginData: {} });
  if (tenant !== undefined) machine.power = 'on';
  await pool.query('update nodes set power_state = $2::text, instance_info = $3::jsonb where uuid = $1::uuid', [
    nodeUuid,
    `power ${machine.power}`,
    JSON.stringify({ image_source: image.url, image_checksum: image.sha256 }),
  ]);
  return {
    nodeUuid,
    async snapshot() {
      const vlan = await getFakeSwitchVlan(pool, name, PORT);
      return await readSnapshot(pool, nodeUuid, factsOf(machine, vlan === undefined ? [] : [vlan]));
    },
    close: () => machine.close(),
  };
}

async function plugIn(
  pool: Bench['database']['pool'],
  { nodeUuid, switchName }: { nodeUuid: string; switchName: string },
): Promise<string> {
  const uuid = randomUUID();
  const address = `52:54:${randomBytes(4).toString('hex').match(/../g)?.join(':') ?? ''}`;
  const localLinkConnection = { switch_info: switchName, port_id: PORT };
  await insertPort(pool, { ...NEW_PORT, uuid, nodeUuid, address, localLinkConnection });
  return uuid;
}

/** What changes a disk; other commands only look, or may be repeated. */
const EFFECTS = new Set(['erase_devices', 'write_image', 'rescue.finalize_rescue', 'burnin_cpu']);

function factsOf(machine: AgentMachine, vlans: readonly number[]): DeviceFacts {
  const calls: Record<string, number> = {};
  const commands = machine.done().filter((name) => EFFECTS.has(name));
  for (const call of [...machine.orders.map((order) => `power ${order}`), ...commands]) {
    calls[call] = (calls[call] ?? 0) + 1;
  }
  return { devicePower: `power ${machine.power}`, vlans, calls };
}
