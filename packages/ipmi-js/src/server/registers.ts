import type { getBmcGlobalEnables } from '../commands/get-bmc-global-enables.ts';
import type { getChassisCapabilities } from '../commands/get-chassis-capabilities.ts';
import type { getEventReceiver } from '../commands/get-event-receiver.ts';
import type { setFrontPanelEnables } from '../commands/set-front-panel-enables.ts';
import { BMC_ADDRESS } from '../codec/message.ts';

/** Settings that are one value each. */
export interface Registers {
  eventReceiver: ReturnType<typeof getEventReceiver.response.read>;
  globalEnables: ReturnType<typeof getBmcGlobalEnables.response.read>;
  capabilities: ReturnType<typeof getChassisCapabilities.response.read>;
  frontPanel: ReturnType<typeof setFrontPanelEnables.request.read>;
}

/** What a virtual BMC holds before anybody changes it: everything is done by itself, and events are logged. */
export function initialRegisters(): Registers {
  return {
    eventReceiver: { address: BMC_ADDRESS, lun: 0 },
    globalEnables: {
      oem2: false,
      oem1: false,
      oem0: false,
      selLogging: true,
      messageBuffer: false,
      messageBufferFullInterrupt: false,
      receiveInterrupt: false,
    },
    capabilities: {
      powerInterlock: false,
      diagnosticInterrupt: true,
      frontPanelLockout: false,
      intrusion: false,
      fruAddress: BMC_ADDRESS,
      sdrAddress: BMC_ADDRESS,
      selAddress: BMC_ADDRESS,
      managementAddress: BMC_ADDRESS,
    },
    frontPanel: { standbyDisabled: false, nmiDisabled: false, resetDisabled: false, powerOffDisabled: false },
  };
}
