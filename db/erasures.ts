import type { JsonObject } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

/** Proof that one disk was erased, or that the BIOS went back to factory settings (table `erasure_records`). */
export interface ErasureRecord {
  readonly nodeUuid: string;
  /** The Temporal run of the cleaning. */
  readonly run: string;
  readonly subject: 'disk' | 'bios';
  readonly device: string | null;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly model: string | null;
  readonly sizeBytes: number | null;
  readonly method: string;
  readonly tool: string;
  /** What was read back, and what was found. */
  readonly verification: JsonObject;
  readonly result: 'accepted' | 'failed';
  readonly reason: string | null;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Writes one record; the same subject of the same run once more replaces it. */
export async function recordErasure(db: Queryable, record: ErasureRecord): Promise<void> {
  await db.query(
    `insert into erasure_records (node_uuid, operation_run, subject, device, serial, wwn, model, size_bytes, method, tool,
       verification, result, reason, started_at)
     values ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::text, $8::bigint, $9::text, $10::text,
       $11::jsonb, $12::text, $13::text, $14::timestamptz)
     on conflict (operation_run, node_uuid, subject, coalesce(serial, ''), coalesce(device, '')) do update set
       verification = excluded.verification, result = excluded.result, reason = excluded.reason,
       method = excluded.method, tool = excluded.tool, finished_at = now()`,
    [
      record.nodeUuid,
      record.run,
      record.subject,
      record.device,
      record.serial,
      record.wwn,
      record.model,
      record.sizeBytes,
      record.method,
      record.tool,
      JSON.stringify(record.verification),
      record.result,
      record.reason,
      record.startedAt,
    ],
  );
}

/** A record as it is read. */
export interface StoredErasure extends Omit<ErasureRecord, 'startedAt'> {
  readonly uuid: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** The records of a node, newest first. */
export async function listErasures(
  db: Queryable,
  filter: { nodeUuid: string; run?: string; limit?: number },
): Promise<StoredErasure[]> {
  const { rows } = await db.query<StoredErasure>(
    `select uuid, node_uuid as "nodeUuid", operation_run as run, subject, device, serial, wwn, model,
       size_bytes::float8 as "sizeBytes", method, tool, verification, result, reason,
       started_at as "startedAt", finished_at as "finishedAt"
     from erasure_records
     where node_uuid = $1::uuid and ($2::uuid is null or operation_run = $2::uuid)
     order by id desc limit $3::integer`,
    [filter.nodeUuid, filter.run ?? null, filter.limit ?? 1000],
  );
  return rows;
}

/** What a run must have proved before its node may be given to anyone. */
export interface CleaningGate {
  readonly nodeUuid: string;
  readonly run: string;
  /** Whether a BIOS reset must be proved too. */
  readonly biosReset: boolean;
  /** Cleaning was waived for this node: a record since its last deployment will do. */
  readonly waived: boolean;
}

/**
 * The subjects that no accepted record covers: each disk that the last inspection saw, and the BIOS. Empty
 * when the node is proved clean. Call it in the transaction that makes the node available.
 */
export async function listUnproved(db: Queryable, gate: CleaningGate): Promise<string[]> {
  const { rows } = await db.query<{ subject: string }>(
    `with accepted as (
       select subject, serial, wwn, device from erasure_records
        where node_uuid = $1::uuid and result = 'accepted' and (operation_run = $2::uuid or ($4::boolean
          and started_at > coalesce((select max(at) from node_history
            where node_uuid = $1::uuid and event_type in ('deploy', 'rebuild', 'adopt')), '-infinity')))
     ), disks as (
       select disk ->> 'name' as device, nullif(disk ->> 'serial', '') as serial, nullif(disk ->> 'wwn', '') as wwn
         from node_inventory, jsonb_array_elements(coalesce(inventory -> 'disks', '[]')) as disk
        where node_uuid = $1::uuid
     )
     select 'disk ' || coalesce(device, '?') || coalesce(' (serial ' || serial || ')', '') as subject from disks d
      where not exists (select from accepted a where a.subject = 'disk' and (
        a.serial = d.serial or a.wwn = d.wwn or (d.serial is null and d.wwn is null and a.device = d.device)))
     union all
     select 'disk ' || coalesce(device, '?') || ': the last record of this run says failed' from erasure_records
      where node_uuid = $1::uuid and operation_run = $2::uuid and subject = 'disk' and result = 'failed'
     union all
     select 'BIOS reset' where $3::boolean and not exists (select from accepted where subject = 'bios')`,
    [gate.nodeUuid, gate.run, gate.biosReset, gate.waived],
  );
  return rows.map((row) => row.subject);
}
