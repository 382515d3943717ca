import { getNetworkByNameOrUuid, getNetworkForPurpose } from '../db/networks.ts';
import { listVifs } from '../db/vifs.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { AgentPurpose, NetworkPurpose, Port } from '../domain/node.ts';
import { nameOfNode, portsOf, type Device } from './device.ts';
import { leaseNetwork } from './leased.ts';
import type { Tools } from './tools.ts';

/** What a port ended up on. */
export interface PortPlace {
  readonly port: string;
  readonly vlan: number | null;
}

/**
 * Puts every port of the node where `purpose` wants it, and reads it back: the ports that boot (pxe_enabled)
 * onto the agent's network, or each port onto its VIF's network; all others are parked.
 * @throws BareMetalError `NetworkNotFound` and the switch's own codes
 */
export async function movePorts(tools: Tools, device: Device, purpose: NetworkPurpose): Promise<PortPlace[]> {
  const network = leaseNetwork(tools.drivers.network(device.node));
  if (!network.setsVlans) return [];
  const wanted = await wantedVlans(tools, device, purpose);
  const places: PortPlace[] = [];
  for (const [port, vlan] of wanted) {
    const read = await network.ensurePortVlan(device, port, vlan);
    places.push({ port: port.address, vlan: read.vlan });
  }
  return places;
}

/** Whether a machine that is on the network of one purpose need not be moved for the other. */
export async function haveOneNetwork(
  tools: Tools,
  device: Device,
  purposes: readonly [AgentPurpose, AgentPurpose],
): Promise<boolean> {
  if (!tools.drivers.network(device.node).setsVlans) return true;
  const [one, other] = await Promise.all(purposes.map((purpose) => vlanOfPurpose(tools, device, purpose)));
  return one === other;
}

async function wantedVlans(tools: Tools, device: Device, purpose: NetworkPurpose): Promise<Map<Port, number>> {
  const ports = await portsOf(tools, device);
  const parked = await vlanOfPurpose(tools, device, 'parked');
  if (purpose === 'parked') return new Map(ports.map((port) => [port, parked]));
  if (purpose === 'tenant') return await tenantVlans(tools, device, ports, parked);
  const vlan = await vlanOfPurpose(tools, device, purpose);
  return new Map(ports.map((port) => [port, port.pxeEnabled ? vlan : parked]));
}

async function tenantVlans(
  { db }: Tools,
  device: Device,
  ports: readonly Port[],
  parked: number,
): Promise<Map<Port, number>> {
  const vifs = await listVifs(db, device.node.uuid);
  const wanted = new Map(ports.map((port) => [port, parked]));
  for (const vif of vifs) {
    const port = ports.find((candidate) => candidate.uuid === vif.portUuid);
    const network = await getNetworkByNameOrUuid(db, vif.vifId);
    if (network === undefined) throw noNetwork(device, `its VIF ${vif.vifId} names`);
    if (port !== undefined) wanted.set(port, network.vlan);
  }
  return wanted;
}

async function vlanOfPurpose(
  { db }: Tools,
  device: Device,
  purpose: Exclude<NetworkPurpose, 'tenant'>,
): Promise<number> {
  const network = await getNetworkForPurpose(db, purpose);
  if (network === undefined) throw noNetwork(device, `of the purpose "${purpose}" for`);
  return network.vlan;
}

function noNetwork(device: Device, which: string): BareMetalError {
  return new BareMetalError(
    'NetworkNotFound',
    `Node ${nameOfNode(device.node)}: there is no network ${which} its ports; create it with POST /anneal/v1/networks.`,
  );
}
