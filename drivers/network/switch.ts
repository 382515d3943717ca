import type { Queryable } from '../../db/pool.ts';
import { findRivalPort } from '../../db/switches.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Port } from '../../domain/node.ts';
import type { NetworkInterface, SwitchDriver } from '../interfaces.ts';
import type { Switches } from '../switch/switches.ts';

/** The network interface `switch`: Anneal itself sets the switch port that a NIC is plugged into. */
export function createSwitchNetwork(db: Queryable, switches: Switches): NetworkInterface {
  const check = async (port: Port): Promise<{ portId: string; driver: SwitchDriver }> => {
    const portId = requirePortId(port);
    const driver = await switches.driverFor(port.localLinkConnection);
    await refuseRival(db, port, portId);
    return { portId, driver };
  };
  return {
    setsVlans: true,
    async ensurePortVlan({ signal }, port, vlan) {
      const { portId, driver } = await check(port);
      return await driver.setPortVlan(portId, vlan, signal);
    },
    async getPortVlan({ signal }, port) {
      const { portId, driver } = await check(port);
      return await driver.getPortVlan(portId, signal);
    },
    async validatePort(port) {
      await check(port);
    },
  };
}

/** Two nodes that claim one switch port would move each other onto the wrong network. */
async function refuseRival(db: Queryable, port: Port, portId: string): Promise<void> {
  const switchInfo = port.localLinkConnection.switch_info;
  if (!switchInfo) return;
  const rival = await findRivalPort(db, { nodeUuid: port.nodeUuid, switchInfo, portId });
  if (rival === undefined) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Port ${port.address} says that it is plugged into port ${portId} of switch ${switchInfo}, and so does port ${rival} of another node; correct local_link_connection of one of them.`,
  );
}

function requirePortId(port: Port): string {
  const { port_id: portId, switch_info: name, switch_id: id } = port.localLinkConnection;
  if (portId && (name || id)) return portId;
  throw new BareMetalError(
    'MissingParameterValue',
    `Port ${port.address} does not say which switch port it is plugged into: local_link_connection needs switch_info (or switch_id) and port_id.`,
  );
}
