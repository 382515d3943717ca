import type { Queryable } from '../../db/pool.ts';
import { getSwitch, getSwitchById, listSwitches } from '../../db/switches.ts';
import type { Switch } from '../../db/switches.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { LocalLinkConnection } from '../../domain/node.ts';
import type { SwitchDriver } from '../interfaces.ts';
import { createFakeSwitch } from './fake-switch.ts';
import { guardSwitch } from './guarded-switch.ts';
import { OvsSwitch } from './ovs/ovs-switch.ts';

type Factory = (db: Queryable, name: string, settings: unknown) => SwitchDriver;

/** The switch drivers, by the name that the table `switches` uses. */
const FACTORIES: Readonly<Record<string, Factory>> = {
  ovs: (_db, name, settings) => new OvsSwitch(name, settings),
  fake: createFakeSwitch,
};

/** The switches that Anneal knows, each with one kept connection. */
export interface Switches {
  /**
   * The driver of the switch that a port is plugged into: `switch_info` names it, else `switch_id` does.
   * @throws BareMetalError `SwitchNotFound`, `InvalidParameterValue`
   */
  driverFor(link: LocalLinkConnection): Promise<SwitchDriver>;
  close(): Promise<void>;
}

/** Opens switches as they are needed; a switch whose settings were changed is opened anew. */
export function createSwitches(db: Queryable): Switches {
  const open = new Map<string, { key: string; driver: SwitchDriver }>();
  return {
    async driverFor(link) {
      const found = await findSwitch(db, link);
      const key = JSON.stringify([found.driver, found.settings]);
      const kept = open.get(found.name);
      if (kept?.key === key) return kept.driver;
      const driver = openSwitch(db, found);
      open.set(found.name, { key, driver });
      await kept?.driver.close();
      return driver;
    },
    async close() {
      const drivers = [...open.values()];
      open.clear();
      await Promise.all(drivers.map(({ driver }) => driver.close()));
    },
  };
}

async function findSwitch(db: Queryable, { switch_info: name, switch_id: id }: LocalLinkConnection): Promise<Switch> {
  const found = (name ? await getSwitch(db, name) : undefined) ?? (id ? await getSwitchById(db, id) : undefined);
  if (found) return found;
  const known = (await listSwitches(db)).map((known) => known.name);
  throw new BareMetalError(
    'SwitchNotFound',
    `No switch "${name ?? id ?? ''}" is configured; ${known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`}. Correct local_link_connection/switch_info, or add the switch (PUT /anneal/v1/switches/{name}).`,
  );
}

function openSwitch(db: Queryable, { name, driver, settings }: Switch): SwitchDriver {
  const factory = Object.hasOwn(FACTORIES, driver) ? FACTORIES[driver] : undefined;
  if (factory) return guardSwitch(factory(db, name, settings), name, settings);
  throw new BareMetalError(
    'InvalidParameterValue',
    `Switch ${name} has the driver "${driver}", which does not exist; drivers are ${Object.keys(FACTORIES).join(', ')}.`,
  );
}
