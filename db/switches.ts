import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

/** A switch that Anneal sets ports of. */
export interface Switch {
  /** What `local_link_connection.switch_info` names. */
  readonly name: string;
  /** A switch driver: `ovs` or `fake`. */
  readonly driver: string;
  /** How to reach it; may hold secrets, so it is never shown as it is. */
  readonly settings: JsonObject;
  readonly createdAt: Date;
}

interface SwitchRow {
  name: string;
  driver: string;
  settings: JsonObject;
  created_at: Date;
}

const COLUMNS = 'name, driver, settings, created_at';

function rowToSwitch({ created_at: createdAt, ...rest }: SwitchRow): Switch {
  return { ...rest, createdAt };
}

/** All switches by name. */
export async function listSwitches(db: Queryable): Promise<Switch[]> {
  const { rows } = await db.query<SwitchRow>(`select ${COLUMNS} from switches order by name`);
  return rows.map(rowToSwitch);
}

/** The switch of this name, or undefined. */
export async function getSwitch(db: Queryable, name: string): Promise<Switch | undefined> {
  const { rows } = await db.query<SwitchRow>(`select ${COLUMNS} from switches where name = $1::text`, [name]);
  return rows[0] && rowToSwitch(rows[0]);
}

/** The switch whose settings name this `switch_id` (a MAC address), or undefined. */
export async function getSwitchById(db: Queryable, switchId: string): Promise<Switch | undefined> {
  const { rows } = await db.query<SwitchRow>(
    `select ${COLUMNS} from switches where lower(settings ->> 'switch_id') = lower($1::text) order by name`,
    [switchId],
  );
  return rows[0] && rowToSwitch(rows[0]);
}

/** Adds the switch, or replaces the driver and settings of the one that has its name. */
export async function upsertSwitch(db: Queryable, value: Omit<Switch, 'createdAt'>): Promise<Switch> {
  const { rows } = await db.query<SwitchRow>(
    `insert into switches (name, driver, settings) values ($1::text, $2::text, $3::jsonb)
     on conflict (name) do update set driver = excluded.driver, settings = excluded.settings
     returning ${COLUMNS}`,
    [value.name, value.driver, JSON.stringify(value.settings)],
  );
  const [row] = rows as [SwitchRow];
  return rowToSwitch(row);
}

/** Removes a switch; false when there was none. */
export async function deleteSwitch(db: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from switches where name = $1::text', [name]);
  return rowCount !== 0;
}

/** MAC address of another node's port that claims the same switch port, or undefined. */
export async function findRivalPort(
  db: Queryable,
  link: { nodeUuid: string; switchInfo: string; portId: string },
): Promise<string | undefined> {
  const { rows } = await db.query<{ address: string }>(
    `select address::text from ports
      where local_link_connection ->> 'switch_info' = $2::text and local_link_connection ->> 'port_id' = $3::text
        and node_uuid <> $1::uuid
      order by id limit 1`,
    [link.nodeUuid, link.switchInfo, link.portId],
  );
  return rows[0]?.address;
}
