import { CONSOLE_LEASE_S } from '../domain/consoles.ts';
import type { Queryable } from './pool.ts';

/** Where a serial console is served. */
export interface ConsolePlace {
  readonly host: string;
  readonly port: number;
}

/** A serial console as those see it who want it or not. */
export interface SerialConsole {
  /** Where it is served, or was last; null when it never was. */
  readonly place: ConsolePlace | null;
  /** Whether a worker serves it now. */
  readonly isServed: boolean;
  /** Why it cannot be served. */
  readonly problem: string | null;
}

/** A serial console that a worker holds. */
export interface HeldConsole {
  readonly nodeUuid: string;
  readonly isWanted: boolean;
  readonly wantedPort: number | null;
  /** The port that it had last. */
  readonly port: number | null;
  readonly problem: string | null;
}

/** A worker that serves the consoles of its site. */
export interface ConsoleHolder {
  readonly hostname: string;
  readonly site: string;
}

/** Asks for a console to be served; one that is served on another port moves. */
export async function wantSerialConsole(
  db: Queryable,
  { nodeUuid, wantedPort }: { readonly nodeUuid: string; readonly wantedPort: number | null },
): Promise<void> {
  await db.query(
    `insert into serial_consoles (node_uuid, wanted_port) values ($1::uuid, $2::integer)
     on conflict (node_uuid) do update set is_wanted = true, wanted_port = excluded.wanted_port, problem = null,
       port = case when excluded.wanted_port is null or excluded.wanted_port = serial_consoles.port then serial_consoles.port end`,
    [nodeUuid, wantedPort],
  );
}

/** Asks for a console to be closed; nobody's is gone at once. */
export async function unwantSerialConsole(db: Queryable, nodeUuid: string): Promise<void> {
  await db.query(
    `with unheld as (
       delete from serial_consoles where node_uuid = $1::uuid
         and (worker is null or seen_at < now() - make_interval(secs => $2::float8)) returning node_uuid
     )
     update serial_consoles set is_wanted = false
      where node_uuid = $1::uuid and node_uuid not in (select node_uuid from unheld)`,
    [nodeUuid, CONSOLE_LEASE_S],
  );
}

/** The console of a node, or undefined when none is wanted and none is left. */
export async function getSerialConsole(db: Queryable, nodeUuid: string): Promise<SerialConsole | undefined> {
  const { rows } = await db.query<{ isHeld: boolean; host: string; port: number | null; problem: string | null }>(
    `select worker is not null and seen_at > now() - make_interval(secs => $2::float8) as "isHeld", host, port, problem
       from serial_consoles where node_uuid = $1::uuid`,
    [nodeUuid, CONSOLE_LEASE_S],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { isHeld, host, port, problem } = row;
  return { place: port === null ? null : { host, port }, isServed: isHeld && port !== null, problem };
}

/** Takes the consoles of the site that nobody holds (any more), keeps the own ones, and tells which they are. */
export async function holdSerialConsoles(db: Queryable, { hostname, site }: ConsoleHolder): Promise<HeldConsole[]> {
  const { rows } = await db.query<HeldConsole>(
    `with held as (
       update serial_consoles c set worker = $1::text, seen_at = now()
         from nodes n where n.uuid = c.node_uuid and n.conductor_group = $2::text
           and case when c.worker = $1::text then c.seen_at < now() - make_interval(secs => $3::float8 / 3)
                 else c.worker is null or c.seen_at < now() - make_interval(secs => $3::float8) end
         returning c.node_uuid
     )
     select c.node_uuid as "nodeUuid", is_wanted as "isWanted", wanted_port as "wantedPort", port, problem
       from serial_consoles c join nodes n on n.uuid = c.node_uuid
      where n.conductor_group = $2::text and (c.worker = $1::text or c.node_uuid in (select node_uuid from held))`,
    [hostname, site, CONSOLE_LEASE_S],
  );
  return rows;
}

/** Notes where a held console is served, or why it cannot be. False when it is held no longer. */
export async function noteSerialConsole(
  db: Queryable,
  hostname: string,
  found: { readonly nodeUuid: string } & (ConsolePlace | { readonly problem: string }),
): Promise<boolean> {
  const { host, port, problem } = { host: null, port: null, problem: null, ...found };
  const { rowCount } = await db.query(
    `update serial_consoles set host = $3::text, port = $4::integer, problem = $5::text
      where node_uuid = $1::uuid and worker = $2::text`,
    [found.nodeUuid, hostname, host, port, problem],
  );
  return rowCount === 1;
}

/** Forgets a held console that is closed and still not wanted. */
export async function dropSerialConsole(db: Queryable, hostname: string, nodeUuid: string): Promise<void> {
  await db.query('delete from serial_consoles where node_uuid = $1::uuid and worker = $2::text and not is_wanted', [
    nodeUuid,
    hostname,
  ]);
}

/** Lets all consoles of a worker go, so that another takes them at once. */
export async function releaseSerialConsoles(db: Queryable, hostname: string): Promise<void> {
  await db.query('update serial_consoles set worker = null, seen_at = null where worker = $1::text', [hostname]);
}
