import type { NetworkName } from '../../lab/layout.ts';
import { provision } from './provision.ts';
import { systemImage } from './system-image.ts';
import { awaitPage, openPage, readPage } from './tenant-page.ts';
import { cleanLine, refuseStrangers, toAvailable } from './to-available.ts';
import { phase, type JourneyTools, type Traveller } from './traveller.ts';

/** The network of the machines' tenant. */
export const TENANT: NetworkName = 'tenant-a';
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
  await refuseStrangers(tools);
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

async function deploy(traveller: Traveller): Promise<string> {
  const { api, machine, artifacts, lab } = traveller;
  await attach(traveller);
  const image = { op: 'add', path: '/instance_info', value: systemImage(artifacts) };
  await api.patch(`/v1/nodes/${machine.uuid}`, [image]);
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
  return await cleanLine(traveller);
}
