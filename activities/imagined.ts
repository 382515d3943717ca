import type { PowerState } from '../domain/node.ts';
import type { AgentClient } from '../drivers/agent/client.ts';
import type { Drivers } from '../drivers/hardware-types.ts';
import type { BootSelection, DeviceChanges, HardwareType, NetworkInterface } from '../drivers/interfaces.ts';

/** A machine that exists in the mind only: it does what it is told, at once. */
export interface ImaginedDevice {
  power: PowerState;
  boot: BootSelection;
}

/** What a boot flag is when nobody set any. */
export const NO_BOOT_SELECTION: BootSelection = { device: null, persistent: false, uefi: false, clearCmos: false };

/** The drivers, except that every call goes to the imagined machine. */
export function imagineDrivers(drivers: Drivers, device: ImaginedDevice): Drivers {
  return {
    ...drivers,
    hardwareType: (name) => imagineHardware(drivers.hardwareType(name), device),
    network: (node) => imagineNetwork(drivers.network(node)),
  };
}

/** An agent that was left running still answers; it is told nothing. */
export function imagineAgent(client: AgentClient): AgentClient {
  return { ...client, listCommands: () => Promise.resolve([]) };
}

function imagineHardware(type: HardwareType, device: ImaginedDevice): HardwareType {
  return {
    ...type,
    power: {
      getPowerState: () => Promise.resolve(device.power),
      setPowerState: (_context, target) => done(() => switchTo(device, target)),
      requestSoftOff: () => done(() => switchTo(device, 'power off')),
      restart: () => done(() => switchTo(device, 'power on')),
    },
    management: {
      ...type.management,
      getBootSelection: () => Promise.resolve(device.boot),
      setBootSelection: (_context, selection) => done(() => (device.boot = selection)),
      injectNmi: () => Promise.resolve(),
    },
    steps: { ...type.steps, run: () => Promise.resolve({}) },
    ...(type.changes && { changes: imagineChanges(type.changes) }),
    ...(type.vendor && { vendor: { ...type.vendor, call: () => Promise.resolve(null) } }),
    ...(type.inspect && { inspect: () => Promise.resolve({ inventory: {}, plugin_data: {} }) }),
  };
}

function imagineChanges(changes: DeviceChanges): DeviceChanges {
  return Object.fromEntries(Object.keys(changes).map((what) => [what, () => Promise.resolve()]));
}

/** A start uses a one-time choice up, and acts on the clear CMOS flag. */
function switchTo(device: ImaginedDevice, target: PowerState): void {
  device.power = target;
  if (target === 'power off') return;
  device.boot = device.boot.persistent ? { ...device.boot, clearCmos: false } : NO_BOOT_SELECTION;
}

function imagineNetwork(network: NetworkInterface): NetworkInterface {
  return { ...network, ensurePortVlan: (_context, _port, vlan) => Promise.resolve({ vlan }) };
}

function done(effect: () => unknown): Promise<void> {
  effect();
  return Promise.resolve();
}
