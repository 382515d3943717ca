import { wordsOfChange, type DeviceChange } from '../domain/device-changes.ts';
import type { JsonObject } from '../domain/node.ts';
import { stepKey } from '../domain/steps.ts';
import type { AgentClient } from '../drivers/agent/client.ts';
import type {
  BootSelection,
  CallContext,
  DeviceChanges,
  HardwareType,
  NetworkInterface,
  PortVlan,
  VendorInterface,
} from '../drivers/interfaces.ts';
import { noteAnswer } from './answers.ts';
import { whileOurs } from './lease.ts';

/**
 * The hardware type, whose every change of a machine needs the running attempt's lease; reading is free. What is
 * asked and answered is noted.
 */
export function leaseHardware(type: HardwareType): HardwareType {
  const { power, management, steps, rescue, changes, inspect, vendor } = type;
  return {
    ...type,
    power: {
      getPowerState: (context) =>
        noteAnswer({ device: 'bmc', action: 'read power' }, () => power.getPowerState(context), String),
      setPowerState: (context, target) =>
        noteAnswer({ device: 'bmc', action: target }, () =>
          whileOurs((signal) => power.setPowerState({ ...context, signal }, target)),
        ),
      requestSoftOff: (context) =>
        noteAnswer({ device: 'bmc', action: 'press the power button' }, () =>
          whileOurs((signal) => power.requestSoftOff({ ...context, signal })),
        ),
      restart: (context) =>
        noteAnswer({ device: 'bmc', action: 'restart' }, () =>
          whileOurs((signal) => power.restart({ ...context, signal })),
        ),
    },
    management: {
      ...management,
      getBootSelection: (context) =>
        noteAnswer(
          { device: 'bmc', action: 'read boot flags' },
          () => management.getBootSelection(context),
          wordsOfSelection,
        ),
      setBootSelection: (context, selection) =>
        noteAnswer({ device: 'bmc', action: wordsOfSelection(selection) }, () =>
          whileOurs((signal) => management.setBootSelection({ ...context, signal }, selection)),
        ),
      injectNmi: (context) =>
        noteAnswer({ device: 'bmc', action: 'inject an NMI' }, () =>
          whileOurs((signal) => management.injectNmi({ ...context, signal })),
        ),
    },
    steps: {
      ...steps,
      run: (context, step) =>
        noteAnswer({ device: 'driver', action: `step ${stepKey(step)}` }, () =>
          whileOurs((signal) => steps.run({ ...context, signal }, step)),
        ),
    },
    ...(inspect && {
      inspect: (context) => noteAnswer({ device: 'driver', action: 'take the inventory' }, () => inspect(context)),
    }),
    ...(changes && { changes: leaseChanges(changes) }),
    ...(vendor && { vendor: leaseVendor(vendor) }),
    ...(rescue && {
      rescue: {
        finishRescue: (context) =>
          noteAnswer({ device: 'driver', action: 'finish the rescue' }, () =>
            whileOurs((signal) => rescue.finishRescue({ ...context, signal })),
          ),
      },
    }),
  };
}

function leaseChanges(changes: DeviceChanges): DeviceChanges {
  const leased = Object.entries(changes).map(([what, make]) => [
    what,
    (context: CallContext, change: DeviceChange) =>
      noteAnswer({ device: 'bmc', action: wordsOfChange(change) }, () =>
        whileOurs((signal) => make({ ...context, signal }, change as never)),
      ),
  ]);
  return Object.fromEntries(leased) as DeviceChanges;
}

function leaseVendor(vendor: VendorInterface): VendorInterface {
  return {
    ...vendor,
    call: (context, method, args) =>
      noteAnswer({ device: 'driver', action: `vendor method ${method}` }, () =>
        whileOurs((signal) => vendor.call({ ...context, signal }, method, args)),
      ),
  };
}

/** Boot flags in few words. */
export function wordsOfSelection({ device, persistent, uefi, clearCmos }: BootSelection): string {
  const words = device === null ? 'no boot device' : `boot from ${device} ${persistent ? 'from now on' : 'once'}`;
  return [words, ...(uefi ? ['UEFI'] : []), ...(clearCmos ? ['clear CMOS'] : [])].join(', ');
}

/** The same for the ports of a machine. */
export function leaseNetwork(network: NetworkInterface): NetworkInterface {
  return {
    ...network,
    ensurePortVlan: (context, port, vlan) =>
      noteAnswer(
        { device: 'switch', action: `port ${port.address} onto VLAN ${vlan}` },
        () => whileOurs((signal) => network.ensurePortVlan({ ...context, signal }, port, vlan)),
        wordsOfVlan,
      ),
    getPortVlan: (context, port) =>
      noteAnswer({ device: 'switch', action: 'read VLAN' }, () => network.getPortVlan(context, port), wordsOfVlan),
  };
}

function wordsOfVlan({ vlan }: PortVlan): string {
  return vlan === null ? 'no VLAN' : `VLAN ${vlan}`;
}

/** The same for commands to a machine's agent. */
export function leaseAgent(client: AgentClient): AgentClient {
  return {
    ...client,
    startCommand: (target, name, params) =>
      noteAnswer(
        { device: 'agent', action: wordsOfCommand(name, params) },
        () => whileOurs((signal) => client.startCommand(target, name, params, signal)),
        ({ status }) => status,
      ),
  };
}

/** Commands that run a step name it; their other arguments may hold secrets. */
function wordsOfCommand(name: string, params: JsonObject): string {
  const { interface: kind, step } = (params['step'] ?? {}) as { interface?: string; step?: string };
  return step === undefined ? name : `${name} ${kind ?? ''}.${step}`;
}
