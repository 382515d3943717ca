import type { Queryable } from './pool.ts';

/** The VLAN of a fake switch's port; undefined when none was set yet. */
export async function getFakeSwitchVlan(
  db: Queryable,
  switchName: string,
  portId: string,
): Promise<number | undefined> {
  const { rows } = await db.query<{ vlan: number }>(
    'select vlan from fake_switch_ports where switch = $1::text and port_id = $2::text',
    [switchName, portId],
  );
  return rows[0]?.vlan;
}

/** Sets the VLAN of a fake switch's port. */
export async function setFakeSwitchVlan(
  db: Queryable,
  change: { switchName: string; portId: string; vlan: number },
): Promise<void> {
  await db.query(
    `insert into fake_switch_ports (switch, port_id, vlan) values ($1::text, $2::text, $3::integer)
     on conflict (switch, port_id) do update set vlan = excluded.vlan`,
    [change.switchName, change.portId, change.vlan],
  );
}
