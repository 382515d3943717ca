import { isDeepStrictEqual } from 'node:util';
import { noteBootDevice } from '../db/nodes.ts';
import type { Node } from '../domain/node.ts';
import { bootModeOf } from '../drivers/boot-mode.ts';
import type { BootSelection } from '../drivers/interfaces.ts';
import type { Device } from './device.ts';
import type { Tools } from './tools.ts';

/**
 * Writes the boot flags unless they read so already, and notes what the machine boots from afterwards: a one-time
 * choice is used up by the start that follows.
 * @throws BareMetalError `BootDeviceNotKept`
 */
export async function selectBoot({ db }: Tools, device: Device, wanted: BootSelection): Promise<void> {
  const now = await device.driver.management.getBootSelection(device);
  const same =
    now.device === wanted.device &&
    now.persistent === wanted.persistent &&
    now.uefi === wanted.uefi &&
    now.clearCmos === wanted.clearCmos;
  if (!same) await device.driver.management.setBootSelection(device, wanted);
  const { uuid, driverInternalInfo } = device.node;
  const note = wanted.persistent ? { boot_device: wanted.device, persistent: true } : UNKNOWN;
  if (!isDeepStrictEqual(driverInternalInfo['boot_device'] ?? UNKNOWN, note)) await noteBootDevice(db, uuid, note);
}

const UNKNOWN = { boot_device: null, persistent: null };

/** Whether the machine boots by UEFI. */
export function isUefi(node: Node): boolean {
  return bootModeOf(node) === 'uefi';
}
