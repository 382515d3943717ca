import type { Node } from '../domain/node.ts';
import { bootModeOf } from '../drivers/boot-mode.ts';
import type { BootSelection } from '../drivers/interfaces.ts';
import type { Device } from './device.ts';

/** Writes the boot flags unless they read so already. @throws BareMetalError `BootDeviceNotKept` */
export async function selectBoot(device: Device, wanted: BootSelection): Promise<void> {
  const now = await device.driver.management.getBootSelection(device);
  const same =
    now.device === wanted.device &&
    now.persistent === wanted.persistent &&
    now.uefi === wanted.uefi &&
    now.clearCmos === wanted.clearCmos;
  if (!same) await device.driver.management.setBootSelection(device, wanted);
}

/** Whether the machine boots by UEFI. */
export function isUefi(node: Node): boolean {
  return bootModeOf(node) === 'uefi';
}
