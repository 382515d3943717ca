import type { AgentClient } from '../drivers/agent/client.ts';
import type { HardwareType, NetworkInterface } from '../drivers/interfaces.ts';
import { whileOurs } from './lease.ts';

/** The hardware type, whose every change of a machine needs the running attempt's lease; reading is free. */
export function leaseHardware(type: HardwareType): HardwareType {
  const { power, management, steps } = type;
  return {
    ...type,
    power: {
      getPowerState: (context) => power.getPowerState(context),
      setPowerState: (context, target) => whileOurs((signal) => power.setPowerState({ ...context, signal }, target)),
      requestSoftOff: (context) => whileOurs((signal) => power.requestSoftOff({ ...context, signal })),
    },
    management: {
      ...management,
      setBootSelection: (context, selection) =>
        whileOurs((signal) => management.setBootSelection({ ...context, signal }, selection)),
      injectNmi: (context) => whileOurs((signal) => management.injectNmi({ ...context, signal })),
    },
    steps: { ...steps, run: (context, step) => whileOurs((signal) => steps.run({ ...context, signal }, step)) },
  };
}

/** The same for the ports of a machine. */
export function leaseNetwork(network: NetworkInterface): NetworkInterface {
  return {
    ...network,
    ensurePortVlan: (context, port, vlan) =>
      whileOurs((signal) => network.ensurePortVlan({ ...context, signal }, port, vlan)),
  };
}

/** The same for commands to a machine's agent. */
export function leaseAgent(client: AgentClient): AgentClient {
  return {
    ...client,
    startCommand: (target, name, params) => whileOurs((signal) => client.startCommand(target, name, params, signal)),
  };
}
