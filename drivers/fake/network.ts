import { readFakeDevice, setFakePortVlan } from '../../db/fake-devices.ts';
import type { NetworkInterface } from '../interfaces.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

/** VLANs that live in the fake device itself: for nodes that are plugged into no switch. */
export function createFakeNetwork(tools: FakeTools): NetworkInterface {
  return {
    setsVlans: true,
    ensurePortVlan(context, port, vlan) {
      const call = { call: 'network.ensurePortVlan', delay: 'fake_network_delay_s' } as const;
      return actOnFake(tools, context, call, async () => {
        const { portVlans } = await readFakeDevice(tools.db, context.node.uuid);
        if (portVlans[port.address] === vlan) return { vlan };
        await setFakePortVlan(tools.db, { nodeUuid: context.node.uuid, portId: port.address, vlan });
        return { vlan };
      });
    },
    getPortVlan(context, port) {
      return actOnFake(tools, context, { call: 'network.getPortVlan' }, async () => {
        const { portVlans } = await readFakeDevice(tools.db, context.node.uuid);
        return { vlan: portVlans[port.address] ?? null };
      });
    },
    validatePort: () => Promise.resolve(),
  };
}
