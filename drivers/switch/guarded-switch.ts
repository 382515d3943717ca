import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import type { SwitchDriver } from '../interfaces.ts';
import { parseSettings } from './settings.ts';

/** Settings that any switch may have, whatever its driver. */
const guardsSchema = z.object({
  /** Ports that may be set; `*` stands for any characters. Without it any port may be. */
  allowed_ports: z.array(z.string()).optional(),
  /** VLANs that may be set. */
  allowed_vlans: z.array(z.int().min(1).max(4094)).optional(),
});

/**
 * Keeps a switch driver from ports (uplinks, say) and VLANs that its settings do not allow; reading is free.
 * @throws BareMetalError `InvalidParameterValue` when the settings do not fit
 */
export function guardSwitch(driver: SwitchDriver, name: string, settings: unknown): SwitchDriver {
  const { allowed_ports: ports, allowed_vlans: vlans } = parseSettings(guardsSchema, name, settings);
  const patterns = ports?.map(patternOf);
  return {
    getPortVlan: (portId, signal) => driver.getPortVlan(portId, signal),
    async setPortVlan(portId, vlan, signal) {
      if (patterns && !patterns.some((pattern) => pattern.test(portId))) {
        throw refusal(`port "${portId}" of switch ${name} is not among its allowed_ports (${ports?.join(', ')})`);
      }
      if (vlans && !vlans.includes(vlan)) {
        throw refusal(`VLAN ${vlan} is not among the allowed_vlans (${vlans.join(', ')}) of switch ${name}`);
      }
      return await driver.setPortVlan(portId, vlan, signal);
    },
    close: () => driver.close(),
  };
}

function refusal(why: string): BareMetalError {
  return new BareMetalError(
    'SwitchRefused',
    `Nothing was changed: ${why}. Correct the port, or the switch's settings.`,
  );
}

function patternOf(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`);
}
