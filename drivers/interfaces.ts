import type { Duplex } from 'node:stream';
import type { HardwareTypeFacts } from '../db/workers.ts';
import type { DeviceChange, DeviceChangeKind } from '../domain/device-changes.ts';
import type { Health } from '../domain/health.ts';
import type { BootDevice, JsonObject, Node, Port, PowerState } from '../domain/node.ts';
import type { Step, StepKind } from '../domain/steps.ts';
import type { VendorMethodTable } from '../domain/vendor-methods.ts';

/** What each call on a device gets: whose device, until when, and how to stop. */
export interface CallContext {
  readonly node: Node;
  /** Aborts the call; the promise then rejects. */
  readonly signal: AbortSignal;
}

/** What one look at a machine tells. */
export interface MachineStatus {
  readonly powerState: PowerState;
  readonly health: Health | null;
}

/** Reads and changes a machine's power. Each call is one attempt; the activity reads back and retries. */
export interface PowerInterface {
  getPowerState(context: CallContext): Promise<PowerState>;
  /** Reads power and health; absent where the driver knows of no health (Ironic: get_node_health). */
  getStatus?(context: CallContext): Promise<MachineStatus>;
  /** Asks for the state; returns when the BMC took the order, not when it is reached. */
  setPowerState(context: CallContext, target: PowerState): Promise<void>;
  /** Asks the operating system to shut down (ACPI power button). */
  requestSoftOff(context: CallContext): Promise<void>;
  /** Starts a machine that is on anew, its power staying on; what it boots is as after a power-on. */
  restart(context: CallContext): Promise<void>;
}

/** What the boot flags of a machine say. */
export interface BootSelection {
  readonly device: BootDevice | null;
  readonly persistent: boolean;
  readonly uefi: boolean;
  /** Whether the firmware is told to go back to factory settings at its next start. */
  readonly clearCmos: boolean;
}

/** Boot device, NMI and BIOS reset: Ironic's management interface. */
export interface ManagementInterface {
  getBootSelection(context: CallContext): Promise<BootSelection>;
  /** Writes the flags and reads them back. @throws BareMetalError `BootDeviceNotKept` */
  setBootSelection(context: CallContext, selection: BootSelection): Promise<void>;
  supportedBootDevices(): readonly BootDevice[];
  /** Sends a non-maskable interrupt. */
  injectNmi(context: CallContext): Promise<void>;
}

/** Steps that a driver does itself, out of band. */
export interface DriverSteps {
  readonly offered: Readonly<Record<StepKind, readonly Step[]>>;
  /** Runs one of the steps; safe to call twice. An erase step answers `{ erased: ErasedDisk[] }`. */
  run(context: CallContext, step: Step): Promise<JsonObject>;
}

/** What is left to do once the rescue system of a machine without an agent runs: Ironic's rescue interface. */
export interface RescueInterface {
  finishRescue(context: CallContext): Promise<void>;
}

/** What a driver changes by one short call each, safe to call twice. */
export type DeviceChanges = {
  readonly [Kind in DeviceChangeKind]?: (
    context: CallContext,
    change: Extract<DeviceChange, { what: Kind }>,
  ) => Promise<void>;
};

/** What only one vendor's machines can do: Ironic's vendor interface. */
export interface VendorInterface {
  /** Methods by the vendor interface that has them. */
  readonly offered: Readonly<Record<string, VendorMethodTable>>;
  /**
   * Calls a method of the node's vendor interface; not safe to call twice. The answer is JSON.
   * @throws BareMetalError `UnsupportedDriverExtension`
   */
  call(context: CallContext, method: string, args: JsonObject): Promise<unknown>;
}

/** Serial ports of machines. */
export interface SerialConsoleInterface {
  /** The console interfaces of nodes that have one. */
  readonly interfaces: readonly string[];
  /** The TCP port that the node's driver_info asks for, or null. @throws BareMetalError `InvalidParameterValue` */
  portOf(node: Node): number | null;
  /** Attaches to the serial port, whoever had it; destroying the stream gives it back. The signal is of the opening only. */
  open(context: CallContext): Promise<Duplex>;
}

/** Screens of machines. */
export interface GraphicalConsoleInterface {
  /** A stream whose other end is a server of the remote framebuffer protocol (RFC 6143) without authentication. */
  open(context: CallContext): Promise<Duplex>;
}

/** What an inspection finds: the same shape as the agent posts to continue_inspection. */
export interface Inspection {
  readonly inventory: JsonObject;
  readonly plugin_data: JsonObject;
}

/** What became of one disk in an erase step that a driver did itself; one erasure record is made of each. */
export interface ErasedDisk {
  readonly device: string;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly model: string | null;
  readonly sizeBytes: number;
  readonly method: string;
  readonly tool: string;
  /** What was read back: how many samples, how many of them held data. */
  readonly verification: JsonObject;
  readonly result: 'accepted' | 'failed';
  readonly reason: string | null;
}

/** What a switch port is set to. */
export interface PortVlan {
  /** Untagged VLAN; null when the port carries none. */
  readonly vlan: number | null;
}

/** One switch: sets and reads the VLAN of a port. One contract test serves every implementation. */
export interface SwitchDriver {
  /** @throws BareMetalError `SwitchPortNotFound`, `SwitchUnreachable` */
  getPortVlan(portId: string, signal: AbortSignal): Promise<PortVlan>;
  /** Writes, waits until the switch applied it, reads back. @throws BareMetalError `SwitchRefused` */
  setPortVlan(portId: string, vlan: number, signal: AbortSignal): Promise<PortVlan>;
  close(): Promise<void>;
}

/** How the ports of a node get onto a VLAN: Ironic's network interface. */
export interface NetworkInterface {
  /** False for `noop`: nothing is set, so no network needs to be defined. */
  readonly setsVlans: boolean;
  /** Puts the port onto the VLAN and returns what was read back; a no-op for `noop`. */
  ensurePortVlan(context: CallContext, port: Port, vlan: number): Promise<PortVlan>;
  /** Reads where the port is now; no VLAN for `noop`. */
  getPortVlan(context: CallContext, port: Port): Promise<PortVlan>;
  /** Throws when the port's local_link_connection is incomplete or names an unknown switch. */
  validatePort(port: Port): Promise<void>;
}

/** A hardware type composed of interface implementations, in order of preference per kind. */
export interface HardwareType {
  readonly name: string;
  /** What Ironic's GET /v1/drivers shows as enabled and default interfaces. */
  readonly interfaces: Readonly<Record<string, readonly string[]>>;
  /** driver_info properties and what each means (GET /v1/drivers/{name}/properties). */
  readonly properties: Readonly<Record<string, string>>;
  /** driver_info properties without which an interface cannot work, by interface kind. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  readonly power: PowerInterface;
  readonly management: ManagementInterface;
  readonly steps: DriverSteps;
  /** Absent where nothing but power and boot device can be changed. */
  readonly changes?: DeviceChanges;
  /** Absent where the hardware type has none. */
  readonly serialConsole?: SerialConsoleInterface;
  /** Absent where the hardware type has none. */
  readonly graphicalConsole?: GraphicalConsoleInterface;
  /** Absent where the hardware type has none. */
  readonly vendor?: VendorInterface;
  /** Absent where the agent is the rescue system. */
  readonly rescue?: RescueInterface;
  /** Whether its nodes are deployed and cleaned by an agent booted over the network. */
  readonly usesAgent: boolean;
  /** Lamps by component and name, with the state that the driver tells without asking the machine. */
  readonly indicators?: HardwareTypeFacts['indicators'];
  /** Reads the inventory without an agent: `{inventory, plugin_data}` as continue_inspection takes it; absent when only an agent can. */
  readonly inspect?: (context: CallContext) => Promise<Inspection>;
  /** Names what is missing or wrong in driver_info, per interface; empty when all is well. */
  validate(node: Node, ports: readonly Port[]): Promise<Record<string, string>>;
}
