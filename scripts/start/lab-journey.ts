import type { Artifacts } from '../../lab/image/artifacts.ts';
import type { LabNode, LabState } from '../../lab/state.ts';
import type { NetworkName } from '../../lab/layout.ts';
import type { ApiClient, NodeView } from './api-client.ts';
import type { Display, Track } from './display.ts';
import type { Expectations } from './expectations.ts';
import { provision, settle } from './provision.ts';
import { awaitPage, openPage, readPage } from './tenant-page.ts';

/** What the journey works with. */
export interface JourneyTools {
  readonly api: ApiClient;
  readonly lab: LabState;
  readonly artifacts: Artifacts;
  readonly display: Display;
  readonly expectations: Expectations;
}

/** What the journey reads of a proof of cleaning. */
interface Erasure {
  readonly run: string;
  readonly subject: 'disk' | 'bios';
  readonly result: string;
  readonly finished_at: string;
}

/** One machine on its way. */
interface Traveller extends JourneyTools {
  readonly machine: LabNode;
  readonly track: Track;
  /** Its address on the tenant's network. */
  readonly address: string;
}

const TENANT: NetworkName = 'tenant-a';
const OTHERS: readonly NetworkName[] = ['tenant-b', 'provisioning'];
const PAGE_PORT = 8080;
const FIRST_ADDRESS = 11;

/**
 * Every machine: enrol → inspect → clean → deploy → the tenant's page. Then all but the last are given back and
 * cleaned; the last one keeps running and its page is opened on this machine. An earlier run's machines go on
 * from where they are.
 */
export async function labJourney(tools: JourneyTools): Promise<readonly string[]> {
  const { lab, display } = tools;
  const travellers = lab.nodes.map((machine, index): Traveller => {
    const address = `${lab.networks[TENANT].cidr.replace(/\d+\/\d+$/, '')}${FIRST_ADDRESS + index}`;
    return { ...tools, machine, address, track: display.track(machine.name) };
  });
  const results = await Promise.allSettled(travellers.map((traveller, index) => travel(traveller, index)));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (failures[0] !== undefined) throw failures[0];
  return results.flatMap((result) =>
    result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [],
  );
}

async function travel(traveller: Traveller, index: number): Promise<string | undefined> {
  const { lab, machine, address, track } = traveller;
  try {
    await toAvailable(traveller);
    await phase(traveller, 'deploy', () => deploy(traveller));
    await phase(traveller, 'tenant page', () => seePage(traveller));
    if (index < lab.nodes.length - 1) {
      await phase(traveller, 'give back and clean', () => giveBack(traveller));
      return undefined;
    }
    const url = await openPage(lab, TENANT, address, PAGE_PORT);
    return `Tenant's page  ${url}   (${machine.name}, ${address} on ${TENANT} only, through a relay)`;
  } catch (error) {
    track.failed(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function toAvailable(traveller: Traveller): Promise<void> {
  const { api, machine } = traveller;
  if ((await api.find(`/v1/nodes/${machine.uuid}`)) === undefined)
    await phase(traveller, 'enrol', () => enrol(traveller));
  let node = await settle(api, machine.uuid, traveller.track).catch(() =>
    api.get<NodeView>(`/v1/nodes/${machine.uuid}`),
  );
  for (let steps = 0; node.provision_state !== 'available' && steps < 6; steps += 1) {
    const way = WAYS[node.provision_state];
    if (way === undefined)
      throw new Error(`${machine.name} is in "${node.provision_state}"; bring it to available by hand`);
    const inspected = (await api.find(`/v1/nodes/${machine.uuid}/inventory`)) !== undefined;
    const { title, target } = node.provision_state === 'manageable' && !inspected ? INSPECT : way;
    await phase(traveller, title, async () => {
      node = await provision(api, machine.uuid, { target }, traveller.track);
      return target === 'inspect' ? await inventoryLine(traveller) : await cleanLine(traveller, target);
    });
  }
}

const INSPECT = { title: 'inspect', target: 'inspect' };
/** The way on from each state in which a machine may be found. */
const WAYS: Readonly<Record<string, { readonly title: string; readonly target: string }>> = {
  enroll: { title: 'verify the BMC', target: 'manage' },
  manageable: { title: 'clean', target: 'provide' },
  active: { title: 'give back and clean', target: 'deleted' },
  'deploy failed': { title: 'give back and clean', target: 'deleted' },
  error: { title: 'give back and clean', target: 'deleted' },
  'clean failed': { title: 'verify the BMC', target: 'manage' },
  'inspect failed': { title: 'verify the BMC', target: 'manage' },
};

/** Runs one phase with its display and notes how long it took. */
async function phase(traveller: Traveller, title: string, work: () => Promise<string>): Promise<void> {
  traveller.track.begin(title, traveller.expectations.of(title));
  const result = await work();
  await traveller.expectations.note(title, traveller.track.done(result));
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

async function deploy(traveller: Traveller): Promise<string> {
  const { api, machine, artifacts, lab } = traveller;
  await attach(traveller);
  await api.patch(`/v1/nodes/${machine.uuid}`, [
    {
      op: 'add',
      path: '/instance_info',
      value: {
        image_source: `file://${artifacts.osImageRaw}`,
        image_os_hash_algo: 'sha256',
        image_os_hash_value: artifacts.osImageRawSha256,
        image_disk_format: 'raw',
      },
    },
  ]);
  await provision(api, machine.uuid, { target: 'active', configdrive: configDrive(traveller) }, traveller.track);
  return `system image on disk, port on ${TENANT} (VLAN ${lab.networks[TENANT].vlan})`;
}

async function attach({ api, machine }: Traveller): Promise<void> {
  const { vifs } = await api.get<{ vifs: { id: string }[] }>(`/v1/nodes/${machine.uuid}/vifs`);
  if (vifs.some(({ id }) => id === TENANT)) return;
  await api.post(`/v1/nodes/${machine.uuid}/vifs`, { id: TENANT });
}

function configDrive({ machine, address, lab }: Traveller): unknown {
  const [nic] = machine.nics;
  return {
    meta_data: { uuid: machine.uuid, name: machine.name, hostname: `${machine.name}.tenant-a` },
    network_data: {
      links: [{ id: 'nic0', type: 'phy', ethernet_mac_address: nic?.mac }],
      networks: [
        {
          id: 'tenant',
          type: 'ipv4',
          link: 'nic0',
          ip_address: address,
          netmask: '255.255.255.0',
          gateway: lab.networks[TENANT].address,
        },
      ],
      services: [],
    },
  };
}

/** The tenant reaches the machine, and nobody else does. */
async function seePage({ lab, address, track }: Traveller): Promise<string> {
  track.detail(`waiting for http://${address}/`);
  await awaitPage(lab, TENANT, address);
  for (const network of OTHERS)
    if ((await readPage(lab, network, address)) !== undefined)
      throw new Error(`http://${address}/ answers on ${network}, where it must not`);
  return `http://${address}/ answers on ${TENANT}, and neither on ${OTHERS.join(' nor on ')}`;
}

async function giveBack(traveller: Traveller): Promise<string> {
  const { api, machine, lab, address } = traveller;
  await provision(api, machine.uuid, { target: 'deleted' }, traveller.track);
  if ((await readPage(lab, TENANT, address)) !== undefined)
    throw new Error(`http://${address}/ still answers on ${TENANT}`);
  return await cleanLine(traveller, 'deleted');
}

async function inventoryLine({ api, machine }: Traveller): Promise<string> {
  const found = await api.find<{ inventory?: { disks?: unknown[]; cpu?: { count?: number } } }>(
    `/v1/nodes/${machine.uuid}/inventory`,
  );
  const { disks = [], cpu } = found?.inventory ?? {};
  return `${disks.length} disks, ${cpu?.count ?? '?'} CPU`;
}

async function cleanLine({ api, machine }: Traveller, target: string): Promise<string> {
  if (target === 'manage') return `${machine.bmc.address} answers`;
  const { erasures } = await api.get<{ erasures: Erasure[] }>(`/anneal/v1/nodes/${machine.uuid}/erasures`);
  const last = erasures.toSorted((one, other) => other.finished_at.localeCompare(one.finished_at))[0];
  const proofs = erasures.filter(({ run, result }) => run === last?.run && result === 'accepted');
  const disks = proofs.filter(({ subject }) => subject === 'disk').length;
  const bios = proofs.some(({ subject }) => subject === 'bios') ? ', BIOS reset proved' : '';
  return `${disks} disks erased and read back${bios}`;
}
