import { statusOf } from '../../lab/lab.ts';
import { isTransient, isWaiting, type ProvisionState } from '../../domain/provision-states.ts';
import type { NodeView } from './api-client.ts';
import { newCommand } from './options.ts';
import { provision, refuseMaintenance, settle } from './provision.ts';
import { phase, type JourneyTools, type Traveller } from './traveller.ts';

/** What the journey reads of a proof of cleaning. */
interface Erasure {
  readonly run: string;
  readonly subject: 'disk' | 'bios';
  readonly result: string;
  readonly finished_at: string;
}

/** How a machine goes on from a state, and what is said of it then. */
interface Way {
  readonly title: string;
  readonly target: string;
  readonly tell: (traveller: Traveller) => Promise<string>;
}

const MOST_STEPS = 6;
const INSPECT: Way = { title: 'inspect', target: 'inspect', tell: inventoryLine };
const GIVE_BACK: Way = { title: 'give back and clean', target: 'deleted', tell: cleanLine };
// Unlike from enroll, `manage` asks no BMC here (docs/states.md).
const LEAVE_FAILURE: Way = { title: 'leave the failed state', target: 'manage', tell: nothing };
/** The way on from each state in which a machine may be found. */
const WAYS: Readonly<Record<string, Way>> = {
  enroll: { title: 'verify the BMC', target: 'manage', tell: bmcLine },
  manageable: { title: 'clean', target: 'provide', tell: cleanLine },
  active: GIVE_BACK,
  'deploy failed': GIVE_BACK,
  error: GIVE_BACK,
  'clean failed': LEAVE_FAILURE,
  'inspect failed': LEAVE_FAILURE,
};

/**
 * Refuses to begin when the database knows a machine's name as another machine's: its lab was purged, or has another
 * name.
 * @throws Error that names the way out
 */
export async function refuseStrangers({ api, lab }: Pick<JourneyTools, 'api' | 'lab'>): Promise<void> {
  for (const { name, uuid } of lab.nodes) {
    const known = await api.find<NodeView>(`/v1/nodes/${name}`);
    if (known === undefined || known.uuid === uuid) continue;
    const command = newCommand({ fake: undefined, labName: lab.name, nodes: lab.nodes.length });
    throw new Error(
      `The database knows ${name} as a machine of another lab (${known.uuid}; now it is ${uuid}), as after a purge of ` +
        `the lab alone. \`${command}\` begins anew, with a new lab and an empty database.`,
    );
  }
}

/** Enrols the machine unless it is known, and takes it to `available` from wherever an earlier run left it. */
export async function toAvailable(traveller: Traveller): Promise<void> {
  const { api, machine } = traveller;
  if ((await api.find(`/v1/nodes/${machine.uuid}`)) === undefined)
    await phase(traveller, 'enrol', () => enrol(traveller));
  let node = refuseMaintenance(await rested(traveller));
  for (let steps = 0; node.provision_state !== 'available' && steps < MOST_STEPS; steps += 1) {
    const { title, target, tell } = await wayFrom(node, traveller);
    await phase(traveller, title, async () => {
      // What could not be undone puts a node into maintenance, also where the operation ended well.
      node = refuseMaintenance(await provision(api, machine.uuid, { target }, traveller.track));
      return await tell(traveller);
    });
  }
}

/** The node once no operation of an earlier run is under way any more, however that ended. */
async function rested(traveller: Traveller): Promise<NodeView> {
  const { api, machine, track } = traveller;
  const path = `/v1/nodes/${machine.uuid}`;
  const found = await api.get<NodeView>(path);
  if (!isTransient(found.provision_state as ProvisionState)) return found;
  track.begin(`rest of ${found.provision_state}`);
  try {
    if (await waitsInVain(traveller, found)) await provision(api, machine.uuid, { target: 'abort' }, track);
    const node = await settle(api, machine.uuid, track);
    track.done(`an earlier run began it; now ${node.provision_state}`);
    return node;
  } catch (error) {
    track.failed(error instanceof Error ? error.message : String(error));
    return await api.get<NodeView>(path);
  }
}

/** The end of an earlier start switched the machine off, whose agent was waited for: it would call only at another boot. */
async function waitsInVain({ lab, machine }: Traveller, { provision_state: state }: NodeView): Promise<boolean> {
  if (!isWaiting(state as ProvisionState)) return false;
  const { nodes } = await statusOf(lab);
  return nodes.some(({ name, power }) => name === machine.name && power === 'off');
}

async function wayFrom({ provision_state: state }: NodeView, { api, machine }: Traveller): Promise<Way> {
  const way = WAYS[state];
  if (way === undefined) throw new Error(`${machine.name} is in "${state}"; bring it to available by hand`);
  if (state !== 'manageable') return way;
  const inspected = (await api.find(`/v1/nodes/${machine.uuid}/inventory`)) !== undefined;
  return inspected ? way : INSPECT;
}

async function enrol({ api, machine }: Traveller): Promise<string> {
  const { bmc, firmware, nics } = machine;
  await api.post('/v1/nodes', {
    uuid: machine.uuid,
    name: machine.name,
    driver: 'ipmi',
    network_interface: 'switch',
    driver_info: {
      ipmi_address: bmc.address,
      ipmi_port: bmc.port,
      ipmi_username: bmc.username,
      ipmi_password: bmc.password,
    },
    properties: { cpu_arch: 'x86_64', capabilities: `boot_mode:${firmware}` },
  });
  for (const { mac, localLinkConnection } of nics)
    await api.post('/v1/ports', {
      node_uuid: machine.uuid,
      address: mac,
      local_link_connection: localLinkConnection,
    });
  return `${firmware.toUpperCase()}, BMC ${bmc.address}, switch port ${nics[0]?.localLinkConnection.port_id ?? '–'}`;
}

function nothing(): Promise<string> {
  return Promise.resolve('');
}

function bmcLine({ machine }: Traveller): Promise<string> {
  return Promise.resolve(`${machine.bmc.address} answers`);
}

async function inventoryLine({ api, machine }: Traveller): Promise<string> {
  const found = await api.find<{ inventory?: { disks?: unknown[]; cpu?: { count?: number } } }>(
    `/v1/nodes/${machine.uuid}/inventory`,
  );
  const { disks = [], cpu } = found?.inventory ?? {};
  return `${disks.length} disks, ${cpu?.count ?? '?'} CPU`;
}

/** What the last cleaning proved. */
export async function cleanLine({ api, machine }: Traveller): Promise<string> {
  const { erasures } = await api.get<{ erasures: Erasure[] }>(`/anneal/v1/nodes/${machine.uuid}/erasures`);
  const last = erasures.toSorted((one, other) => other.finished_at.localeCompare(one.finished_at))[0];
  const proofs = erasures.filter(({ run, result }) => run === last?.run && result === 'accepted');
  const disks = proofs.filter(({ subject }) => subject === 'disk').length;
  const bios = proofs.some(({ subject }) => subject === 'bios') ? ', BIOS reset proved' : '';
  return `${disks} disks erased and read back${bios}`;
}
