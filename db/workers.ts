import type { DeviceChangeKind } from '../domain/device-changes.ts';
import type { Step } from '../domain/steps.ts';
import type { VendorMethodTable } from '../domain/vendor-methods.ts';
import type { Queryable } from './pool.ts';

/** What a worker says of a hardware type that it can drive; the API, which sees no drivers, works with this. */
export interface HardwareTypeFacts {
  readonly name: string;
  /** Implementations of each interface kind that are enabled, the default one first. */
  readonly interfaces: Readonly<Record<string, readonly string[]>>;
  /** driver_info properties and what each means. */
  readonly properties: Readonly<Record<string, string>>;
  /** driver_info properties without which an interface can't work, by interface kind. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  readonly supportedBootDevices: readonly string[];
  readonly usesAgent: boolean;
  /** What the driver can change besides power and boot device; absent in what older workers say. */
  readonly changes?: readonly DeviceChangeKind[] | undefined;
  /** Vendor methods by the vendor interface that has them; absent in what older workers say. */
  readonly vendorMethods?: Readonly<Record<string, VendorMethodTable>> | undefined;
  /** The deploy steps that the driver itself does; absent in what older workers say. */
  readonly deploySteps?: readonly Step[] | undefined;
  /** Lamps by component and name; absent when the driver knows none. */
  readonly indicators?: Readonly<Record<string, Readonly<Record<string, IndicatorFacts>>>> | undefined;
}

/** A lamp of a machine. */
export interface IndicatorFacts {
  readonly readonly: boolean;
  readonly states: readonly string[];
  /** The state that the driver tells without asking the machine. */
  readonly state: string;
}

/** A worker as it registered itself: Ironic's conductor. */
export interface WorkerRecord {
  readonly hostname: string;
  readonly conductorGroup: string;
  readonly hardwareTypes: readonly HardwareTypeFacts[];
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** Seen within the last minute. */
  readonly alive: boolean;
}

/** How long after its last sign of life a worker counts as dead (Ironic's heartbeat_timeout is 60 s too). */
export const WORKER_TIMEOUT_SECONDS = 60;

interface WorkerRow {
  hostname: string;
  conductor_group: string;
  hardware_types: HardwareTypeFacts[];
  started_at: Date;
  seen_at: Date;
  alive: boolean;
}

/** After so long a silence a worker is forgotten: hosts of containers have a new name at each start. */
const FORGOTTEN_AFTER_DAYS = 30;

/** The workers, dead ones of the last month too, by host name. */
export async function listWorkers(db: Queryable): Promise<WorkerRecord[]> {
  const { rows } = await db.query<WorkerRow>({
    name: 'workers',
    text: `select hostname, conductor_group, hardware_types, started_at, seen_at,
       seen_at > now() - make_interval(secs => $1::integer) as alive
     from workers order by hostname`,
    values: [WORKER_TIMEOUT_SECONDS],
  });
  return rows.map((row) => ({
    hostname: row.hostname,
    conductorGroup: row.conductor_group,
    hardwareTypes: row.hardware_types,
    startedAt: row.started_at,
    seenAt: row.seen_at,
    alive: row.alive,
  }));
}

/** Registers a worker, or refreshes what it offers and its sign of life; forgets those that are dead for long. */
export async function registerWorker(
  db: Queryable,
  worker: Pick<WorkerRecord, 'hostname' | 'conductorGroup' | 'hardwareTypes'>,
): Promise<void> {
  await db.query(
    `with forgotten as (
       delete from workers where seen_at < now() - make_interval(days => $4::integer) and hostname <> $1::text
     )
     insert into workers (hostname, conductor_group, hardware_types) values ($1::text, $2::text, $3::jsonb)
     on conflict (hostname) do update set conductor_group = excluded.conductor_group,
       hardware_types = excluded.hardware_types, started_at = now(), seen_at = now()`,
    [worker.hostname, worker.conductorGroup, JSON.stringify(worker.hardwareTypes), FORGOTTEN_AFTER_DAYS],
  );
}

/** A worker's sign of life. False when nobody registered it. */
export async function touchWorker(db: Queryable, hostname: string): Promise<boolean> {
  const { rowCount } = await db.query('update workers set seen_at = now() where hostname = $1::text', [hostname]);
  return rowCount === 1;
}

/** Forgets a worker that ends in good order. */
export async function removeWorker(db: Queryable, hostname: string): Promise<void> {
  await db.query('delete from workers where hostname = $1::text', [hostname]);
}
