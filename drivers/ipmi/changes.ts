import type { DeviceChanges, ManagementInterface, SerialConsoleInterface } from '../interfaces.ts';
import type { Bmcs } from './bmcs.ts';

interface Parts {
  readonly bmcs: Bmcs;
  readonly management: ManagementInterface;
  readonly serialConsole: SerialConsoleInterface;
}

/** Boot mode by the boot flags, the identify light (IPMI v2.0 §28.13, §28.5), and the serial console. */
export function createIpmiChanges({ bmcs, management, serialConsole }: Parts): DeviceChanges {
  return {
    async 'boot mode'(context, { target }) {
      const selection = await management.getBootSelection(context);
      const uefi = target === 'uefi';
      // IPMI has the mode only beside a device: without one it is what the next selection gets.
      if (selection.device === null || selection.uefi === uefi) return;
      await management.setBootSelection(context, { ...selection, uefi });
    },
    /** Proves that the BMC gives its console away, before somebody waits for it in vain. */
    async console(context, { enabled }) {
      if (!enabled) return;
      const stream = await serialConsole.open(context);
      await new Promise((resolve) => stream.once('close', resolve).destroy());
    },
    indicator(context, { state }) {
      return bmcs.call(context, `switching the identify light ${state}`, (bmc, _settings, options) =>
        bmc.identify(state === 'off' ? 0 : 'forever', options),
      );
    },
  };
}
