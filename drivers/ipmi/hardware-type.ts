import type { IpmiClient } from 'ipmi-js';
import { BareMetalError } from '../../domain/errors.ts';
import { stepKey } from '../../domain/steps.ts';
import type { DriverSteps, HardwareType } from '../interfaces.ts';
import { nameOf } from '../node-name.ts';
import { readableError } from '../readable-error.ts';
import { createBmcs } from './bmcs.ts';
import { createIpmiChanges } from './changes.ts';
import { ipmiSettingsOf, IPMI_PROPERTIES } from './driver-info.ts';
import { createIpmiManagement } from './management.ts';
import { createIpmiPower } from './power.ts';

/** The hardware type `ipmi`: machines with an IPMI 2.0 BMC, deployed and cleaned by the agent. */
export function createIpmiHardware(client: IpmiClient, times: { readonly deadlineMs: number } = TIMES): HardwareType {
  const bmcs = createBmcs(client, times.deadlineMs);
  const management = createIpmiManagement(bmcs);
  return {
    name: 'ipmi',
    interfaces: {
      bios: ['no-bios'],
      boot: ['ipxe'],
      console: ['no-console'],
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
      vendor: ['no-vendor'],
    },
    properties: IPMI_PROPERTIES,
    required: { power: ['ipmi_address'], management: ['ipmi_address'] },
    power: createIpmiPower(bmcs),
    management,
    changes: createIpmiChanges(bmcs, management),
    steps: NO_STEPS,
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

/** All steps of an IPMI machine are the agent's. */
const NO_STEPS: DriverSteps = {
  offered: { clean: [], deploy: [], service: [], verify: [] },
  run: ({ node }, step) =>
    Promise.reject(
      new BareMetalError('StepNotFound', `Node ${nameOf(node)}: the BMC itself has no step ${stepKey(step)}.`),
    ),
};
