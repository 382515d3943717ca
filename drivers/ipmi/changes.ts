import type { DeviceChanges, ManagementInterface } from '../interfaces.ts';
import type { Bmcs } from './bmcs.ts';

/** Boot mode by the boot flags, and the identify light (IPMI v2.0 §28.13, §28.5). */
export function createIpmiChanges(bmcs: Bmcs, management: ManagementInterface): DeviceChanges {
  return {
    async 'boot mode'(context, { target }) {
      const selection = await management.getBootSelection(context);
      const uefi = target === 'uefi';
      // IPMI has the mode only beside a device: without one it is what the next selection gets.
      if (selection.device === null || selection.uefi === uefi) return;
      await management.setBootSelection(context, { ...selection, uefi });
    },
    indicator(context, { state }) {
      return bmcs.call(context, `switching the identify light ${state}`, (bmc, _settings, options) =>
        bmc.identify(state === 'off' ? 0 : 'forever', options),
      );
    },
  };
}
