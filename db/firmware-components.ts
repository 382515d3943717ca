import type { Queryable } from './pool.ts';
import { timeText } from './texts.ts';

/** A component of a machine that has firmware, as it was last read. */
export interface FirmwareComponent {
  readonly component: string;
  /** The version that was there when the component was first seen. */
  readonly initial_version: string;
  readonly current_version: string | null;
  readonly last_version_flashed: string | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly serial_number: string | null;
  /** UTC with microseconds. */
  readonly created_at: string;
  readonly updated_at: string | null;
}

/** The components of a node that have firmware, by name. */
export async function listFirmwareComponents(db: Queryable, nodeUuid: string): Promise<FirmwareComponent[]> {
  const { rows } = await db.query<FirmwareComponent>(
    `select component, initial_version, current_version, last_version_flashed, vendor, model, serial_number,
       ${timeText('created_at')} as created_at,
       ${timeText('updated_at')} as updated_at
     from firmware_components where node_uuid = $1::uuid order by component`,
    [nodeUuid],
  );
  return rows;
}

/** A component, and the version of its firmware. */
export interface FlashedFirmware {
  readonly component: string;
  readonly version: string;
}

/** Writes what was flashed; a component's first version here counts as the one that it had from the start. */
export async function flashFirmware(
  db: Queryable,
  nodeUuid: string,
  flashed: readonly FlashedFirmware[],
): Promise<void> {
  await db.query(
    `insert into firmware_components (node_uuid, component, initial_version, current_version, last_version_flashed)
       select $1::uuid, component, version, version, version
         from jsonb_to_recordset($2::jsonb) as f(component text, version text)
     on conflict (node_uuid, component) do update set current_version = excluded.current_version,
       last_version_flashed = excluded.last_version_flashed, updated_at = now()
       where firmware_components.current_version is distinct from excluded.current_version`,
    [nodeUuid, JSON.stringify(flashed)],
  );
}

/** Notes firmware that a machine came with; components that are known stay as they are. */
export async function addFirmwareComponents(
  db: Queryable,
  nodeUuid: string,
  found: readonly FlashedFirmware[],
): Promise<void> {
  await db.query(
    `insert into firmware_components (node_uuid, component, initial_version, current_version)
       select $1::uuid, component, version, version
         from jsonb_to_recordset($2::jsonb) as f(component text, version text)
     on conflict do nothing`,
    [nodeUuid, JSON.stringify(found)],
  );
}
