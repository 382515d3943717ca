import type { Queryable } from './pool.ts';
import { timeText } from './texts.ts';

/** A setting of a machine's BIOS as it was last read, with what the BIOS's registry of attributes says of it. */
export interface BiosSetting {
  readonly name: string;
  readonly value: string | null;
  readonly attribute_type: string | null;
  readonly allowable_values: readonly string[];
  readonly lower_bound: number | null;
  readonly max_length: number | null;
  readonly min_length: number | null;
  readonly read_only: boolean | null;
  readonly reset_required: boolean | null;
  readonly unique: boolean | null;
  readonly upper_bound: number | null;
  /** UTC with microseconds. */
  readonly created_at: string;
  readonly updated_at: string | null;
}

const COLUMNS = `name, value, attribute_type, coalesce(allowable_values, '[]') as allowable_values, lower_bound, max_length,
  min_length, read_only, reset_required, is_unique as "unique", upper_bound,
  ${timeText('created_at')} as created_at, ${timeText('updated_at')} as updated_at`;

/** The BIOS settings of a node by name. */
export async function listBiosSettings(db: Queryable, nodeUuid: string): Promise<BiosSetting[]> {
  const { rows } = await db.query<BiosSetting>(
    `select ${COLUMNS} from bios_settings where node_uuid = $1::uuid order by name`,
    [nodeUuid],
  );
  return rows;
}

/** A setting as a driver reads it from the machine; what it doesn't know it leaves out. */
export type BiosReading = Pick<BiosSetting, 'name' | 'value'> & Partial<BiosSetting>;

/** Replaces what is known of a node's BIOS by what was read now, in one statement; equal settings keep their times. */
export async function saveBiosSettings(db: Queryable, nodeUuid: string, read: readonly BiosReading[]): Promise<void> {
  await db.query(
    `with read as (
       select * from jsonb_to_recordset($2::jsonb) as r(name text, value text, attribute_type text, allowable_values jsonb,
         lower_bound integer, max_length integer, min_length integer, read_only boolean, reset_required boolean,
         "unique" boolean, upper_bound integer)
     ), gone as (
       delete from bios_settings where node_uuid = $1::uuid and name not in (select name from read)
     )
     insert into bios_settings (node_uuid, name, value, attribute_type, allowable_values, lower_bound, max_length,
       min_length, read_only, reset_required, is_unique, upper_bound)
     select $1::uuid, read.* from read
     on conflict (node_uuid, name) do update set value = excluded.value, attribute_type = excluded.attribute_type,
       allowable_values = excluded.allowable_values, lower_bound = excluded.lower_bound, max_length = excluded.max_length,
       min_length = excluded.min_length, read_only = excluded.read_only, reset_required = excluded.reset_required,
       is_unique = excluded.is_unique, upper_bound = excluded.upper_bound, updated_at = now()
     where bios_settings.value is distinct from excluded.value`,
    [nodeUuid, JSON.stringify(read)],
  );
}

/** Notes settings that a machine came with; those of a node that has any stay as they are. */
export async function addBiosSettings(db: Queryable, nodeUuid: string, found: readonly BiosReading[]): Promise<void> {
  await db.query(
    `insert into bios_settings (node_uuid, name, value)
       select $1::uuid, name, value from jsonb_to_recordset($2::jsonb) as f(name text, value text)
        where not exists (select from bios_settings where node_uuid = $1::uuid)
     on conflict do nothing`,
    [nodeUuid, JSON.stringify(found)],
  );
}
