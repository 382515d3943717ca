import type { IpmiClient } from 'ipmi-js';
import type { HardwareType } from '../interfaces.ts';
import { readableError } from '../readable-error.ts';
import { createBmcs } from './bmcs.ts';
import { createIpmiChanges } from './changes.ts';
import { createIpmiConsole } from './console.ts';
import { ipmiSettingsOf, IPMI_PROPERTIES } from './driver-info.ts';
import { createIpmiManagement } from './management.ts';
import { createIpmiPower } from './power.ts';
import { createIpmiSteps, createIpmiVendor } from './vendor.ts';

/** The hardware type `ipmi`: machines with an IPMI 2.0 BMC, deployed and cleaned by the agent. */
export function createIpmiHardware(client: IpmiClient, times: { readonly deadlineMs: number } = TIMES): HardwareType {
  const bmcs = createBmcs(client, times.deadlineMs);
  const management = createIpmiManagement(bmcs);
  const serialConsole = createIpmiConsole(bmcs);
  return {
    name: 'ipmi',
    interfaces: {
      bios: ['no-bios'],
      boot: ['ipxe'],
      console: ['no-console', ...serialConsole.interfaces],
      deploy: ['direct'],
      firmware: ['no-firmware'],
      inspect: ['agent'],
      // Clients of Ironic ask for `ipmitool`; here that is the same implementation, without the tool.
      management: ['ipmi', 'ipmitool'],
      network: ['noop', 'switch'],
      power: ['ipmi', 'ipmitool'],
      raid: ['no-raid'],
      rescue: ['agent', 'no-rescue'],
      storage: ['noop'],
      vendor: ['ipmi', 'ipmitool', 'no-vendor'],
    },
    properties: IPMI_PROPERTIES,
    required: { power: ['ipmi_address'], management: ['ipmi_address'], console: ['ipmi_address'] },
    power: createIpmiPower(bmcs),
    management,
    changes: createIpmiChanges({ bmcs, management, serialConsole }),
    steps: createIpmiSteps(bmcs),
    serialConsole,
    vendor: createIpmiVendor(bmcs),
    usesAgent: true,
    indicators: { chassis: { identify: { readonly: false, states: ['off', 'on'], state: 'off' } } },
    validate(node) {
      try {
        ipmiSettingsOf(node);
        return Promise.resolve({});
      } catch (error) {
        const reason = readableError(error);
        return Promise.resolve({ power: reason, management: reason });
      }
    },
  };
}

/** How long one call may take, opening a session and retransmissions included. */
const TIMES = { deadlineMs: 15_000 };
