import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/node.ts';
import { isIsoLabelled, makeIso } from './iso.ts';
import { readSmall } from './source.ts';

/** The label by which cloud-init and its like find the drive. */
const LABEL = 'config-2';

/** The agent writes at most a partition of this size (ironic-python-agent, MAX_CONFIG_DRIVE_SIZE_MB). */
const LARGEST_ISO = 64 * 2 ** 20;

/** base64 makes a third more of it; compression only less. */
const LARGEST_TEXT = Math.ceil(LARGEST_ISO / 3) * 4 + 2 ** 20;

const object = z.record(z.string(), z.unknown());
const textOrJson = z.union([z.string(), object, z.array(z.unknown())]);
const partsSchema = z.strictObject({
  meta_data: object.optional(),
  user_data: textOrJson.optional(),
  network_data: object.optional(),
  vendor_data: textOrJson.optional(),
});

/** What the metadata say when the user's don't. */
interface ConfigDriveDefaults {
  readonly uuid: string;
  readonly name: string | null;
}

/** How a config drive is made. */
export interface BuildConfigDrive {
  /** JSON `{meta_data, user_data, network_data, vendor_data}`, gzip+base64 of an ISO 9660 file system, or an http(s) URL of the latter. */
  readonly content: string;
  readonly defaults: ConfigDriveDefaults;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the config drive that the agent writes: gzip+base64 of an ISO 9660 file system with the label
 * config-2 (Ironic's `configdrive`).
 * @throws BareMetalError `ConfigDriveInvalid`; `ImageNotFound`, `ImageUnreachable` for a URL
 */
export async function buildConfigDrive({ content, defaults, signal }: BuildConfigDrive): Promise<string> {
  const given = content.trim();
  if (given.startsWith('{')) return pack(await makeDrive(parseParts(given), defaults, signal));
  return check(/^https?:\/\//i.test(given) ? await fetchDrive(given, signal) : given);
}

function parseParts(content: string): z.infer<typeof partsSchema> {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw invalid('the config drive begins as JSON, but isn’t');
  }
  const parts = partsSchema.safeParse(json);
  if (!parts.success) throw invalid(`the config drive’s JSON does not fit: ${z.prettifyError(parts.error)}`);
  return parts.data;
}

/** The files that cloud-init reads (OpenStack metadata, "Config drives"). */
async function makeDrive(
  parts: z.infer<typeof partsSchema>,
  defaults: ConfigDriveDefaults,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const name = defaults.name === null ? {} : { name: defaults.name, hostname: defaults.name };
  const metaData: JsonObject = { uuid: defaults.uuid, ...name, ...parts.meta_data };
  const files: Record<string, string | undefined> = {
    'meta_data.json': JSON.stringify(metaData),
    user_data: asText(parts.user_data),
    'network_data.json': asText(parts.network_data),
    'vendor_data.json': asText(parts.vendor_data),
  };
  const given = Object.entries(files).flatMap(([file, body]) =>
    body === undefined ? [] : [[`openstack/latest/${file}`, body] as const],
  );
  const iso = await makeIso(Object.fromEntries(given), LABEL, signal);
  if (iso.length > LARGEST_ISO) throw tooLarge();
  return iso;
}

function asText(part: string | JsonObject | readonly unknown[] | undefined): string | undefined {
  return part === undefined || typeof part === 'string' ? part : JSON.stringify(part);
}

async function pack(iso: Buffer): Promise<string> {
  return (await promisify(gzip)(iso)).toString('base64');
}

async function fetchDrive(url: string, signal: AbortSignal | undefined): Promise<string> {
  const content = await readSmall({ field: 'the config drive', source: url, signal }, LARGEST_TEXT);
  if (content === undefined) throw tooLarge();
  return content.trim();
}

/** Returns the drive as it was given when it is one that a system can find. */
async function check(given: string): Promise<string> {
  const compact = given.replaceAll(/\s/g, '');
  if (compact.length > LARGEST_TEXT) throw tooLarge();
  if (compact === '' || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw invalid('the config drive is neither JSON, nor base64, nor an http(s) URL');
  }
  const iso = await unpack(Buffer.from(compact, 'base64'));
  if (!isIsoLabelled(iso, LABEL)) throw invalid(`the config drive is no ISO 9660 file system with the label ${LABEL}`);
  return compact;
}

async function unpack(packed: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(packed, { maxOutputLength: LARGEST_ISO });
  } catch (error) {
    // A small file may unpack to a giant one: zlib stops at the limit.
    if (error instanceof RangeError) throw tooLarge();
    throw invalid('the config drive is base64, but not of a gzip file');
  }
}

function tooLarge(): BareMetalError {
  return invalid('the config drive is larger than 64 MiB');
}

function invalid(message: string): BareMetalError {
  return new BareMetalError('ConfigDriveInvalid', message);
}
