import { IpmiError } from 'ipmi-js';
import type { Bmc, CallOptions } from 'ipmi-js';
import type { PowerState } from '../../domain/node.ts';
import type { PowerInterface } from '../interfaces.ts';
import type { Bmcs } from './bmcs.ts';
import { healthOf } from './health.ts';
import { keepBootingFromDisk } from './management.ts';

/** Not supported in present state: what some BMCs answer to an order to be where they are (IPMI v2.0 §5.2). */
const PRESENT_STATE = 0xd5;

/** Power by IPMI (IPMI v2.0 §28.2, §28.3). */
export function createIpmiPower(bmcs: Bmcs): PowerInterface {
  return {
    getPowerState(context) {
      return bmcs.call(context, 'reading the power state', (bmc, _settings, options) => readPower(bmc, options));
    },
    getStatus(context) {
      return bmcs.call(context, 'reading the chassis status', async (bmc, _settings, options) => {
        const status = await bmc.getChassisStatus(options);
        return { powerState: powerOf(status), health: healthOf(status) };
      });
    },
    setPowerState(context, target) {
      return bmcs.call(context, `asking for "${target}"`, async (bmc, settings, options) => {
        if (target === 'power on' && settings.forceBootDevice) {
          await keepBootingFromDisk(bmc, context.node, settings, options);
        }
        try {
          await bmc.chassisControl(target === 'power on' ? 'on' : 'off', options);
        } catch (error) {
          const already = error instanceof IpmiError && error.completionCode === PRESENT_STATE;
          if (!already || (await readPower(bmc, options)) !== target) throw error;
        }
      });
    },
    restart(context) {
      return bmcs.call(context, 'asking for a reset', async (bmc, settings, options) => {
        if (settings.forceBootDevice) await keepBootingFromDisk(bmc, context.node, settings, options);
        await bmc.chassisControl('reset', options);
      });
    },
    requestSoftOff(context) {
      return bmcs.call(context, 'asking the operating system to shut down', (bmc, _settings, options) =>
        bmc.chassisControl('soft', options),
      );
    },
  };
}

async function readPower(bmc: Bmc, options: CallOptions): Promise<PowerState> {
  return powerOf(await bmc.getChassisStatus(options));
}

function powerOf({ powerOn }: { readonly powerOn: boolean }): PowerState {
  return powerOn ? 'power on' : 'power off';
}
