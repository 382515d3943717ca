import type { SerialConsoleInterface } from '../interfaces.ts';
import type { Bmcs } from './bmcs.ts';
import { ipmiSettingsOf } from './driver-info.ts';

/** Serial over LAN (IPMI v2.0 §15): taken from whoever has it, as Ironic does before it starts a console. */
export function createIpmiConsole(bmcs: Bmcs): SerialConsoleInterface {
  return {
    // The second is Ironic's name of it: there a socat and an ipmitool for each console.
    interfaces: ['ipmi', 'ipmitool-socat'],
    portOf: (node) => ipmiSettingsOf(node).terminalPort,
    open: (context) =>
      bmcs.call(context, 'attaching to the serial console', (bmc, _settings, options) => bmc.openSol(options)),
  };
}
