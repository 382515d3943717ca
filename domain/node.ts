import type { Health } from './health.ts';
import type { ProvisionState } from './provision-states.ts';
import type { RunningStep } from './steps.ts';

/** A JSON object as Ironic's free-form fields hold it. */
export type JsonObject = Record<string, unknown>;

/** What a BMC says of a machine's power; null when it was never read or the last read failed. */
export type PowerState = 'power on' | 'power off';

/** Targets of PUT states/power, as the API spells them. */
export const POWER_TARGETS = ['power on', 'power off', 'rebooting', 'soft power off', 'soft rebooting'] as const;

/** One power target. */
export type PowerTarget = (typeof POWER_TARGETS)[number];

/** Boot devices that Ironic knows (ironic/common/boot_devices.py). */
export const BOOT_DEVICES = ['pxe', 'disk', 'cdrom', 'bios', 'safe', 'wanboot', 'iscsiboot'] as const;

/** One boot device. */
export type BootDevice = (typeof BOOT_DEVICES)[number];

/** The interface fields of a node, each naming an implementation of its driver. */
export const INTERFACE_KINDS = [
  'bios',
  'boot',
  'console',
  'deploy',
  'firmware',
  'inspect',
  'management',
  'network',
  'power',
  'raid',
  'rescue',
  'storage',
  'vendor',
] as const;

/** A kind of driver interface. */
export type InterfaceKind = (typeof INTERFACE_KINDS)[number];

/** A node as Anneal keeps it (table `nodes`). Secrets are in driverInfo: it never leaves the process unmasked. */
export interface Node {
  readonly uuid: string;
  readonly name: string | null;
  readonly driver: string;
  readonly driverInfo: JsonObject;
  readonly driverInternalInfo: JsonObject;
  readonly properties: JsonObject;
  readonly instanceInfo: JsonObject;
  readonly instanceUuid: string | null;
  readonly extra: JsonObject;
  readonly resourceClass: string | null;
  readonly conductorGroup: string;
  readonly owner: string | null;
  readonly lessee: string | null;
  readonly shard: string | null;
  readonly chassisUuid: string | null;
  readonly description: string | null;
  readonly networkData: JsonObject;
  readonly instanceName: string | null;
  readonly disablePowerOff: boolean;
  /** The node whose part this one is. */
  readonly parentNode: string | null;
  readonly interfaces: Record<InterfaceKind, string>;
  readonly provisionState: ProvisionState;
  readonly targetProvisionState: ProvisionState | null;
  readonly provisionUpdatedAt: Date | null;
  readonly powerState: PowerState | null;
  readonly targetPowerState: PowerState | null;
  readonly bootMode: 'uefi' | 'bios' | null;
  readonly secureBoot: boolean | null;
  readonly raidConfig: JsonObject;
  readonly targetRaidConfig: JsonObject;
  readonly cleanStep: RunningStep | null;
  readonly deployStep: RunningStep | null;
  readonly serviceStep: RunningStep | null;
  readonly maintenance: boolean;
  readonly maintenanceReason: string | null;
  readonly fault: string | null;
  readonly lastError: string | null;
  readonly automatedClean: boolean | null;
  readonly protected: boolean;
  readonly protectedReason: string | null;
  readonly retired: boolean;
  readonly retiredReason: string | null;
  readonly consoleEnabled: boolean;
  /** As the power sweep last read it; null where the driver can't tell. */
  readonly health: Health | null;
  readonly inspectionStartedAt: Date | null;
  readonly inspectionFinishedAt: Date | null;
  /** Host of the worker that runs the present operation; null when none runs. */
  readonly reservation: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** A physical port of a node (table `ports`). */
export interface Port {
  readonly uuid: string;
  readonly nodeUuid: string;
  readonly address: string;
  readonly name: string | null;
  readonly pxeEnabled: boolean;
  readonly localLinkConnection: LocalLinkConnection;
  readonly physicalNetwork: string | null;
  readonly isSmartnic: boolean;
  readonly portgroupUuid: string | null;
  readonly description: string | null;
  readonly vendor: string | null;
  readonly category: string | null;
  readonly availableForDynamicPortgroup: boolean;
  readonly extra: JsonObject;
  readonly internalInfo: JsonObject;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** Which switch port a NIC is plugged into, as Ironic spells it. */
export interface LocalLinkConnection {
  readonly switch_id?: string;
  readonly port_id?: string;
  readonly switch_info?: string;
}

/** The fault of a node in maintenance: something that an operation left behind could not be put back. */
export const UNDO_FAILURE = 'undo failure';

/** What Anneal boots the agent for; each may have a network of its own. */
export const AGENT_PURPOSES = ['provisioning', 'cleaning', 'inspection', 'rescuing', 'servicing'] as const;

/** One of them. */
export type AgentPurpose = (typeof AGENT_PURPOSES)[number];

/** What the network of a node is for at a given moment; `parked` means that nobody owns the port. */
export type NetworkPurpose = AgentPurpose | 'tenant' | 'parked';
