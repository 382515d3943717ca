import { randomBytes, randomUUID } from 'node:crypto';
import { insertNetwork } from '../../db/networks.ts';
import { insertNode } from '../../db/nodes.ts';
import { insertPort } from '../../db/ports.ts';
import type { Queryable } from '../../db/pool.ts';
import { saveInventory } from '../../db/inventory.ts';
import { attachVif } from '../../db/vifs.ts';
import type { JsonObject, Node, PowerState } from '../../domain/node.ts';
import type { ProvisionState } from '../../domain/provision-states.ts';
import { inspectFake } from '../../drivers/fake/inspect.ts';
import { NEW_NODE, NEW_PORT } from './new-records.ts';

/** The VLANs of a world of fake machines. */
export const VLANS = { provisioning: 10, cleaning: 11, inspection: 12, parked: 99, red: 20, blue: 21 } as const;

/** Makes the networks: Anneal's own, and two of tenants. */
export async function addNetworks(db: Queryable): Promise<void> {
  for (const [name, vlan] of Object.entries(VLANS)) {
    const purpose = name === 'red' || name === 'blue' ? null : (name as Exclude<keyof typeof VLANS, 'red' | 'blue'>);
    await insertNetwork(db, { name, vlan, purpose });
  }
}

/** How a machine is to be before an operation. */
export interface Machine {
  readonly provisionState: ProvisionState;
  /** On, with the tenant's system, its port on this tenant's network. */
  readonly tenant?: 'red' | 'blue';
  /** The network that its VIF names. */
  readonly vif?: 'red' | 'blue';
  readonly driverInfo?: JsonObject;
  /** Whether its disks have been inspected, so that cleaning has something to prove. */
  readonly inspected?: boolean;
  /** Whether its power must stay on (disable_power_off). */
  readonly keepsPower?: boolean;
  /** What the node's row says of its power, where that is wrong. */
  readonly believed?: PowerState;
  /** A site of its own, named as the node. */
  readonly alone?: boolean;
  /** Nodes that are parts of it. */
  readonly children?: readonly Machine[];
}

/** Adds a node of the `ipmi` type, plugged into a switch. */
export function addNode(db: Queryable, { driverInfo = {}, provisionState }: Machine): Promise<Node> {
  const uuid = randomUUID();
  const network = { interfaces: { ...NEW_NODE.interfaces, network: 'switch' } };
  const node = { ...NEW_NODE, ...network, uuid, name: `machine-${uuid.slice(0, 8)}`, driver: 'ipmi' };
  return insertNode(db, { ...node, driverInfo, provisionState });
}

/** Adds a fake machine with one port, in the state that `machine` describes. */
export async function addMachine(db: Queryable, machine: Machine): Promise<Node> {
  const uuid = randomUUID();
  const node = await insertNode(db, { ...NEW_NODE, uuid, name: `machine-${uuid.slice(0, 8)}`, ...settingsOf(machine) });
  const address = `52:54:${randomBytes(4).toString('hex').match(/../g)?.join(':') ?? ''}`;
  const port = { ...NEW_PORT, uuid: randomUUID(), nodeUuid: uuid, address };
  await insertPort(db, port);
  await setWorld(db, { ...machine, nodeUuid: uuid, address });
  for (const part of machine.children ?? []) {
    const child = await addMachine(db, part);
    await db.query('update nodes set parent_node = $2::uuid where uuid = $1::uuid', [child.uuid, uuid]);
  }
  if (machine.vif !== undefined) await attachVif(db, { nodeUuid: uuid, vifId: machine.vif, portUuid: port.uuid });
  if (machine.inspected) {
    const found = await inspectFake({ db }, { node, signal: new AbortController().signal });
    await saveInventory(db, { nodeUuid: uuid, inventory: found.inventory, pluginData: {} });
  }
  return node;
}

async function setWorld(db: Queryable, world: Machine & { nodeUuid: string; address: string }) {
  const power: PowerState = world.tenant === undefined ? 'power off' : 'power on';
  const vlan = VLANS[world.tenant ?? 'parked'];
  await db.query(
    `insert into fake_devices (node_uuid, power_state, port_vlans, booted_from, boot_device, boot_persistent, boot_uefi)
     values ($1::uuid, $2::text, jsonb_build_object($3::text, $4::integer), 'disk', 'disk', true, true)`,
    [world.nodeUuid, power, world.address, vlan],
  );
  await db.query(
    `update nodes set power_state = $2::text, conductor_group = case when $3::boolean then uuid::text else '' end
      where uuid = $1::uuid`,
    [world.nodeUuid, world.believed ?? power, world.alone ?? false],
  );
}

/** Everything of one node that an operation may touch. */
export interface Snapshot {
  readonly provisionState: ProvisionState;
  readonly targetProvisionState: ProvisionState | null;
  readonly targetPowerState: PowerState | null;
  readonly powerState: PowerState | null;
  readonly reservation: string | null;
  readonly operation: string | null;
  readonly lastError: string | null;
  readonly maintenance: boolean;
  readonly fault: string | null;
  readonly step: boolean;
  readonly session: boolean;
  readonly vifs: number;
  /** Hashes that wait for a rescue system. */
  readonly rescuePasswords: number;
  readonly erasures: number;
  readonly history: number;
  readonly devicePower: PowerState;
  readonly vlans: readonly number[];
  readonly calls: Readonly<Record<string, number>>;
  readonly children: readonly ChildFacts[];
}

/** What an operation on a node may touch of the nodes that are its parts. */
export interface ChildFacts {
  readonly provisionState: ProvisionState;
  readonly powerState: PowerState | null;
  readonly reservation: string | null;
  readonly operation: string | null;
  readonly lastError: string | null;
  readonly maintenance: boolean;
  readonly devicePower: PowerState;
  readonly calls: Readonly<Record<string, number>>;
}

/** What the machine itself is like, where it is no fake one. */
export type DeviceFacts = Pick<Snapshot, 'devicePower' | 'vlans' | 'calls'>;

/** The children of the node `n`, oldest first. */
const CHILDREN = `(select coalesce(jsonb_agg(jsonb_build_object('provisionState', c.provision_state,
    'powerState', c.power_state, 'reservation', c.reservation, 'operation', c.operation,
    'lastError', replace(c.last_error, c.name, '<child>'), 'maintenance', c.maintenance,
    'devicePower', f.power_state, 'calls', f.calls) order by c.id), '[]')
  from nodes c join fake_devices f on f.node_uuid = c.uuid where c.parent_node = n.uuid)`;

/** Reads all of it in one statement; the node's own name stands in no sentence, so that two nodes can be compared. */
export async function readSnapshot(db: Queryable, nodeUuid: string, device?: DeviceFacts): Promise<Snapshot> {
  const { rows } = await db.query<Snapshot>(
    `select provision_state as "provisionState", target_provision_state as "targetProvisionState",
       target_power_state as "targetPowerState", n.power_state as "powerState", reservation, operation,
       replace(replace(last_error, name, '<node>'), uuid::text, '<node>') as "lastError", maintenance, fault, (clean_step is not null or deploy_step is not null) as step,
       exists (select from agent_sessions s where s.node_uuid = uuid) as session,
       (select count(*)::integer from vif_attachments v where v.node_uuid = n.uuid) as vifs,
       (select count(*)::integer from rescue_passwords p where p.node_uuid = n.uuid and hash is not null) as "rescuePasswords",
       (select count(*)::integer from erasure_records e where e.node_uuid = n.uuid) as erasures,
       (select count(*)::integer from node_history h where h.node_uuid = n.uuid) as history,
       d.power_state as "devicePower", calls,
       array(select value::integer from jsonb_each_text(port_vlans) order by key) as vlans,
       ${CHILDREN} as children
     from nodes n left join fake_devices d on d.node_uuid = n.uuid where n.uuid = $1::uuid`,
    [nodeUuid],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`node ${nodeUuid} is gone`);
  return { ...row, ...device };
}

/** The password of every machine's BMC; must be found nowhere. */
export const BMC_PASSWORD = 'bmc-secret-R7tq0WfN';
/** The token of every machine's agent; must be found nowhere. */
export const AGENT_TOKEN = 'agent-secret-p9Xw2LcVd0Gk';

function settingsOf({ provisionState, driverInfo, keepsPower = false }: Machine) {
  const disablePowerOff = keepsPower;
  return { provisionState, disablePowerOff, driverInfo: { ipmi_password: BMC_PASSWORD, ...driverInfo } };
}
