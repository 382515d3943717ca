import { BareMetalError } from '../../domain/errors.ts';
import type { Port } from '../../domain/node.ts';
import type { NetworkInterface } from '../interfaces.ts';
import type { Switches } from '../switch/switches.ts';

/** The network interface `switch`: Anneal itself sets the switch port that a NIC is plugged into. */
export function createSwitchNetwork(switches: Switches): NetworkInterface {
  return {
    setsVlans: true,
    async ensurePortVlan({ signal }, port, vlan) {
      const portId = requirePortId(port);
      const driver = await switches.driverFor(port.localLinkConnection);
      return await driver.setPortVlan(portId, vlan, signal);
    },
    async validatePort(port) {
      requirePortId(port);
      await switches.driverFor(port.localLinkConnection);
    },
  };
}

function requirePortId(port: Port): string {
  const { port_id: portId, switch_info: name, switch_id: id } = port.localLinkConnection;
  if (portId && (name || id)) return portId;
  throw new BareMetalError(
    'MissingParameterValue',
    `Port ${port.address} does not say which switch port it is plugged into: local_link_connection needs switch_info (or switch_id) and port_id.`,
  );
}
