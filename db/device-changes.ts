import { randomBytes } from 'node:crypto';
import type { DeviceChange, DeviceChangeKind, MediaDevice } from '../domain/device-changes.ts';
import type { Queryable } from './pool.ts';

/** Notes a change that was made, so that reading it needs no device; the same change once more changes nothing. */
export async function noteDeviceChange(db: Queryable, nodeUuid: string, change: DeviceChange): Promise<void> {
  await NOTES[change.what](db, nodeUuid, change as never);
}

const NOTES: {
  readonly [Kind in DeviceChangeKind]: (
    db: Queryable,
    nodeUuid: string,
    change: Extract<DeviceChange, { what: Kind }>,
  ) => Promise<unknown>;
} = {
  'boot mode': (db, nodeUuid, { target }) =>
    db.query('update nodes set boot_mode = $2::text, updated_at = now() where uuid = $1::uuid', [nodeUuid, target]),
  'secure boot': (db, nodeUuid, { target }) =>
    db.query('update nodes set secure_boot = $2::boolean, updated_at = now() where uuid = $1::uuid', [
      nodeUuid,
      target,
    ]),
  indicator: (db, nodeUuid, { component, name, state }) =>
    db.query(
      `insert into indicator_states (node_uuid, component, name, state) values ($1::uuid, $2::text, $3::text, $4::text)
       on conflict (node_uuid, component, name) do update set state = excluded.state`,
      [nodeUuid, component, name, state],
    ),
  'attach media': (db, nodeUuid, { deviceType }) =>
    db.query(
      `update virtual_media set attached_at = coalesce(attached_at, now())
        where node_uuid = $1::uuid and device_type = $2::text`,
      [nodeUuid, deviceType],
    ),
  'detach media': (db, nodeUuid, { deviceTypes }) =>
    db.query('delete from virtual_media where node_uuid = $1::uuid and device_type = any ($2::text[])', [
      nodeUuid,
      deviceTypes,
    ]),
  console: (db, nodeUuid, { enabled }) =>
    db.query('update nodes set console_enabled = $2::boolean, updated_at = now() where uuid = $1::uuid', [
      nodeUuid,
      enabled,
    ]),
};

/** Keeps the image that is to be attached as this device, in place of an earlier one. */
export async function putVirtualMedium(
  db: Queryable,
  medium: { readonly nodeUuid: string; readonly deviceType: MediaDevice; readonly imageUrl: string },
): Promise<void> {
  await db.query(
    `insert into virtual_media (node_uuid, device_type, image_url) values ($1::uuid, $2::text, $3::text)
     on conflict (node_uuid, device_type) do update set image_url = excluded.image_url, attached_at = null`,
    [medium.nodeUuid, medium.deviceType, medium.imageUrl],
  );
}

/** Forgets an image that was not attached after all. */
export async function dropUnattachedMedium(db: Queryable, nodeUuid: string, deviceType: MediaDevice): Promise<void> {
  await db.query(
    'delete from virtual_media where node_uuid = $1::uuid and device_type = $2::text and attached_at is null',
    [nodeUuid, deviceType],
  );
}

/** A medium as it is kept. */
export interface VirtualMedium {
  readonly deviceType: MediaDevice;
  readonly imageUrl: string;
  readonly attached: boolean;
}

/** The virtual media of a node, those too that are about to be attached. */
export async function listVirtualMedia(db: Queryable, nodeUuid: string): Promise<VirtualMedium[]> {
  const { rows } = await db.query<VirtualMedium>(
    `select device_type as "deviceType", image_url as "imageUrl", attached_at is not null as attached
       from virtual_media where node_uuid = $1::uuid order by device_type`,
    [nodeUuid],
  );
  return rows;
}

/** The state that a lamp was switched to, or undefined. */
export async function getIndicatorState(
  db: Queryable,
  lamp: { readonly nodeUuid: string; readonly component: string; readonly name: string },
): Promise<string | undefined> {
  const { rows } = await db.query<{ state: string }>(
    'select state from indicator_states where node_uuid = $1::uuid and component = $2::text and name = $3::text',
    [lamp.nodeUuid, lamp.component, lamp.name],
  );
  return rows[0]?.state;
}

/** Gives out a token for the node's console; one that is still valid is kept. */
export async function openConsoleSession(db: Queryable, nodeUuid: string, lastsS: number): Promise<void> {
  await db.query(
    `insert into console_sessions as s (node_uuid, token, expires_at)
       values ($1::uuid, $2::text, now() + make_interval(secs => $3::float8))
     on conflict (node_uuid) do update set token = excluded.token, expires_at = excluded.expires_at
       where s.expires_at < now()`,
    [nodeUuid, randomBytes(24).toString('base64url'), lastsS],
  );
}

/** Takes the token back. */
export async function closeConsoleSession(db: Queryable, nodeUuid: string): Promise<void> {
  await db.query('delete from console_sessions where node_uuid = $1::uuid', [nodeUuid]);
}

/** The token of the node's console, or undefined when none is valid. */
export async function getConsoleToken(db: Queryable, nodeUuid: string): Promise<string | undefined> {
  const { rows } = await db.query<{ token: string }>(
    'select token from console_sessions where node_uuid = $1::uuid and expires_at > now()',
    [nodeUuid],
  );
  return rows[0]?.token;
}

/** The node that a token opens the console of, or undefined when the token is not good (any more). */
export async function findConsoleSession(db: Queryable, token: string): Promise<string | undefined> {
  const { rows } = await db.query<{ nodeUuid: string }>(
    'select node_uuid as "nodeUuid" from console_sessions where token = $1::text and expires_at > now()',
    [token],
  );
  return rows[0]?.nodeUuid;
}
