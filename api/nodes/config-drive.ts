import type pg from 'pg';
import { z } from 'zod';
import { deleteConfigDrive, getConfigDrive, putConfigDrive } from '../../db/config-drives.ts';
import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { describeIssue } from '../parse-input.ts';

/** A config drive as a request carries it: a URL or gzip+base64, or since 1.56 the parts of one. */
export type ConfigDriveValue = string | Readonly<Record<string, unknown>>;

const jsonObject = z.record(z.string(), z.unknown());

const NOTHING = z.null().transform(() => undefined);

const Parts = z.strictObject({
  meta_data: jsonObject.optional(),
  network_data: jsonObject.optional(),
  user_data: z.union([z.string(), jsonObject, z.array(z.unknown()), NOTHING]).optional(),
  vendor_data: jsonObject.optional(),
});

/**
 * What is stored of a config drive; content that can't be one is refused here, before anything starts.
 * @throws BareMetalError `ConfigDriveInvalid`, never with a part of the content
 */
export function configDriveContent(value: ConfigDriveValue): string {
  if (typeof value !== 'string') return partsContent(value);
  if (/^https?:\/\/\S+$/.test(value) || isGzipBase64(value)) return value;
  throw new BareMetalError(
    'ConfigDriveInvalid',
    'configdrive: expected an http(s) URL, gzip+base64 of an ISO 9660 file system, or an object with meta_data, ' +
      'user_data, network_data and vendor_data.',
  );
}

function partsContent(value: Readonly<Record<string, unknown>>): string {
  const result = Parts.safeParse(value, { reportInput: true });
  if (result.success) return JSON.stringify(result.data);
  const [issue] = result.error.issues;
  throw new BareMetalError(
    'ConfigDriveInvalid',
    issue === undefined ? 'configdrive does not fit' : describeIssue(issue, 'configdrive'),
  );
}

// RFC 1952 §2.3.1: ID1 1Fh, ID2 8Bh, CM 8 (deflate).
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);

function isGzipBase64(text: string): boolean {
  const head = Buffer.from(text.slice(0, 8).replace(/\s/g, ''), 'base64');
  return head.subarray(0, 3).equals(GZIP_MAGIC) && /^[A-Za-z0-9+/=\s]+$/.test(text);
}

/**
 * Does `start` with the config drive in its place, and puts back what was there when it is refused. An advisory
 * lock keeps two requests on one node apart: the one that is refused must not touch the drive of the other.
 * @param content null for a deployment without a config drive
 */
export async function withConfigDrive<T>(
  pool: pg.Pool,
  { nodeUuid, content }: { nodeUuid: string; content: string | null },
  start: (db: Queryable) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1::text, 0))', [nodeUuid]);
    const before = (await getConfigDrive(client, nodeUuid)) ?? null;
    await setConfigDrive(client, nodeUuid, content);
    return await start(client).catch(async (error: unknown) => {
      await setConfigDrive(client, nodeUuid, before);
      throw error;
    });
  } finally {
    const unlocked = await client.query('select pg_advisory_unlock(hashtextextended($1::text, 0))', [nodeUuid]).then(
      () => true,
      () => false,
    );
    // A broken connection is closed, and with it the lock goes.
    client.release(!unlocked);
  }
}

async function setConfigDrive(db: Queryable, nodeUuid: string, content: string | null): Promise<void> {
  if (content === null) await deleteConfigDrive(db, nodeUuid);
  else await putConfigDrive(db, { nodeUuid, content });
}
