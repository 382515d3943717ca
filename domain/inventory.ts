import { objectIn, objectsIn } from './json.ts';
import type { JsonObject } from './node.ts';
import type { Disk } from './root-device-hints.ts';

/** What Anneal keeps of an inventory in the node itself, as Ironic's inspection hooks do. */
export interface InspectedFacts {
  /** cpu_arch, cpus, cpu_model, memory_mb, local_gb. */
  readonly properties: JsonObject;
  readonly bootMode: 'uefi' | 'bios' | null;
  /** MAC address of the NIC that the machine booted from. */
  readonly pxeAddress: string | null;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Reads the facts out of an agent's inventory; what is missing or malformed there is left out. */
export function factsOf(inventory: JsonObject): InspectedFacts {
  const cpu = objectIn(inventory, 'cpu');
  const memory = objectIn(inventory, 'memory');
  const boot = objectIn(inventory, 'boot');
  const total = memory['total'];
  const megabytes = memory['physical_mb'] ?? (typeof total === 'number' ? Math.floor(total / MIB) : undefined);
  const sizes = disksIn(inventory).map((disk) => disk.sizeBytes ?? 0);
  const properties = {
    cpu_arch: cpu['architecture'],
    cpus: cpu['count'],
    cpu_model: cpu['model_name'],
    memory_mb: megabytes,
    // One GiB less, for partitioning: as Ironic counts it.
    local_gb: sizes.length > 0 ? Math.max(0, Math.floor(Math.min(...sizes) / GIB) - 1) : undefined,
  };
  const mode = boot['current_boot_mode'];
  return {
    properties: Object.fromEntries(
      Object.entries(properties).filter(([, value]) => value !== undefined && value !== null),
    ),
    bootMode: mode === 'uefi' || mode === 'bios' ? mode : null,
    pxeAddress: macOf(boot['pxe_interface']),
  };
}

/** A disk as an inventory names it. */
export interface InventoryDisk {
  readonly name: string;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly model: string | null;
  readonly sizeBytes: number | null;
}

/** The disks of an inventory. */
export function disksIn(inventory: JsonObject): InventoryDisk[] {
  return diskObjectsIn(inventory).map((disk) => ({
    name: text(disk['name']) ?? '?',
    serial: text(disk['serial']),
    wwn: text(disk['wwn']),
    model: text(disk['model']),
    sizeBytes: typeof disk['size'] === 'number' ? disk['size'] : null,
  }));
}

/** The disks of an inventory with everything that root device hints may ask for; malformed ones are left out. */
export function rootCandidatesIn(inventory: JsonObject): Disk[] {
  return diskObjectsIn(inventory).filter(isCandidate);
}

function diskObjectsIn(inventory: JsonObject): JsonObject[] {
  return objectsIn(inventory, 'disks') ?? [];
}

function isCandidate(disk: JsonObject): disk is Disk {
  return typeof disk['name'] === 'string' && typeof disk['size'] === 'number';
}

/** BOOTIF carries the hardware type before the address: `01-52-54-00-…`. */
function macOf(value: unknown): string | null {
  const found = typeof value === 'string' ? /(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.exec(value)?.[0] : undefined;
  return found?.replaceAll('-', ':').toLowerCase() ?? null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
