import { BareMetalError } from '../../domain/errors.ts';
import { labelOf, readSmall } from './source.ts';

/** A checksum that Anneal trusts. */
export interface Checksum {
  readonly algo: 'sha256' | 'sha512';
  /** Lower-case hexadecimal. */
  readonly value: string;
}

/** A checksum as it was given: the value itself, or the URL of a checksum file. */
export interface GivenChecksum {
  readonly source: string;
  readonly checksum: string | undefined;
  /** Left out: told from the length. */
  readonly algo?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where an image is named. */
export const IMAGE_FIELD = 'instance_info/image_source';

const ALGORITHM_OF_LENGTH: Readonly<Record<number, Checksum['algo']>> = { 64: 'sha256', 128: 'sha512' };

/**
 * Makes a checksum of what was given; fetches a checksum file when it is a URL.
 * @throws BareMetalError `ImageChecksumMissing` when none, too weak a one or none of this image was given,
 * `ImageNotFound`, `ImageUnreachable` for the file
 */
export async function resolveChecksum(given: GivenChecksum): Promise<Checksum> {
  const value = given.checksum?.trim() ?? '';
  if (/^https?:\/\//i.test(value)) return accept(given, await valueInFile(value, given));
  return accept(given, value);
}

function accept({ source, algo }: GivenChecksum, value: string): Checksum {
  const name = labelOf({ field: IMAGE_FIELD, source });
  if (value === '') {
    throw missing(`${name}: no checksum was given; set image_os_hash_algo and image_os_hash_value, or image_checksum.`);
  }
  const hex = value.toLowerCase();
  const expected = ALGORITHM_OF_LENGTH[hex.length];
  const wanted = (algo ?? expected)?.toLowerCase();
  if (wanted === 'md5' || (algo === undefined && hex.length === 32)) {
    throw missing(`${name}: MD5 proves nothing; give a SHA-256 or SHA-512.`);
  }
  if (expected === undefined || expected !== wanted || !/^[0-9a-f]+$/.test(hex)) {
    throw missing(
      `${name}: expected a SHA-256 or SHA-512 in hexadecimal, got ${algo ?? 'no algorithm'} "${value.slice(0, 128)}"; correct image_os_hash_algo and image_os_hash_value, or image_checksum.`,
    );
  }
  return { algo: expected, value: hex };
}

/** Checksum files are small; anything longer isn't one. */
const LONGEST_FILE = 1024 * 1024;

/** Finds the image's line: `<hash>  <name>`, `<hash> *<name>`, `SHA256 (<name>) = <hash>`, or a hash alone. */
async function valueInFile(url: string, { source, signal }: GivenChecksum): Promise<string> {
  const file = { field: 'the checksum file', source: url };
  const content = await readSmall({ ...file, signal }, LONGEST_FILE);
  if (content === undefined) throw missing(`${labelOf(file)}: not a checksum file of at most 1 MiB.`);
  const lines = content.split('\n').map((line) => line.trim());
  const found = hashFor(
    lines.filter((line) => line !== '' && !line.startsWith('#')),
    fileNameOf(source),
  );
  if (found !== undefined) return found;
  throw missing(`${labelOf(file)}: no SHA-256 or SHA-512 of ${fileNameOf(source)} in it; add its line.`);
}

function hashFor(lines: readonly string[], name: string): string | undefined {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && !/\s/.test(only)) return only;
  const isOfImage = (line: string) =>
    line.includes(`(${name})`) || (line.split(/\s+/).at(-1) ?? '').replace(/^\*/, '') === name;
  return lines
    .filter(isOfImage)
    .flatMap((line) => line.split(/\s+/))
    .find((word) => /^[0-9a-f]{64}$|^[0-9a-f]{128}$/i.test(word));
}

function fileNameOf(source: string): string {
  return decodeURIComponent(new URL(source).pathname.split('/').at(-1) ?? '');
}

function missing(message: string): BareMetalError {
  return new BareMetalError('ImageChecksumMissing', message);
}
