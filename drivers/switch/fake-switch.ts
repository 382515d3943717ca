import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { getFakeSwitchVlan, setFakeSwitchVlan } from '../../db/fake-switch-ports.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { PortVlan, SwitchDriver } from '../interfaces.ts';
import { parseSettings } from './settings.ts';

const settingsSchema = z.object({
  /** The ports that the switch has. */
  ports: z.array(z.string()),
  /** Seconds that each call takes. */
  delay_s: z.number().min(0).default(0),
  /** True while the switch does not answer. */
  down: z.boolean().default(false),
});

/** A switch that exists in PostgreSQL only, so that it outlives a worker. */
export function createFakeSwitch(db: Queryable, name: string, settings: unknown): SwitchDriver {
  const { ports, delay_s: delayS, down } = parseSettings(settingsSchema, name, settings);
  const reach = async (portId: string, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (delayS > 0) await sleep(delayS * 1000, undefined, { signal });
    if (down) throw new BareMetalError('SwitchUnreachable', `Switch ${name} does not answer (settings/down).`);
    if (ports.includes(portId)) return;
    throw new BareMetalError(
      'SwitchPortNotFound',
      `Switch ${name} has no port "${portId}"; check local_link_connection/port_id.`,
    );
  };
  return {
    async getPortVlan(portId, signal): Promise<PortVlan> {
      await reach(portId, signal);
      return { vlan: (await getFakeSwitchVlan(db, name, portId)) ?? null };
    },
    async setPortVlan(portId, vlan, signal): Promise<PortVlan> {
      await reach(portId, signal);
      if (!Number.isInteger(vlan) || vlan < 1 || vlan > 4094) {
        throw new BareMetalError('SwitchRefused', `Switch ${name} refused VLAN ${vlan}: not within 1–4094.`);
      }
      await setFakeSwitchVlan(db, { switchName: name, portId, vlan });
      return { vlan: (await getFakeSwitchVlan(db, name, portId)) ?? null };
    },
    close: () => Promise.resolve(),
  };
}
