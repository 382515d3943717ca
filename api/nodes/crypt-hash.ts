import { createHash, randomBytes } from 'node:crypto';

/** The alphabet of crypt(3): six bits a character, the lowest first. */
const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 5000;
const SALT_LENGTH = 16;

/**
 * The hash of a password as /etc/shadow takes it, by SHA-512 with 5000 rounds (U. Drepper, "Unix crypt using SHA-256
 * and SHA-512", version 0.6): `$6$<salt>$<hash>`. Costs some 20 ms, as it is meant to.
 * @param salt up to 16 characters of crypt's alphabet; random unless said
 */
export function cryptHash(password: string, salt = newSalt()): string {
  const key = Buffer.from(password, 'utf8');
  const grain = Buffer.from(salt.slice(0, SALT_LENGTH), 'utf8');
  const first = firstDigest(key, grain);
  const keys = fill(sha512(...Array<Buffer>(key.length).fill(key)), key.length);
  const grains = fill(sha512(...Array<Buffer>(16 + (first[0] ?? 0)).fill(grain)), grain.length);
  let digest = first;
  for (let round = 0; round < ROUNDS; round += 1) {
    const isOdd = round % 2 === 1;
    digest = sha512(
      isOdd ? keys : digest,
      round % 3 === 0 ? NOTHING : grains,
      round % 7 === 0 ? NOTHING : keys,
      isOdd ? digest : keys,
    );
  }
  return `$6$${grain.toString('utf8')}$${encode(digest)}`;
}

const NOTHING = Buffer.alloc(0);

function newSalt(): string {
  return [...randomBytes(SALT_LENGTH)].map((byte) => ALPHABET[byte % 64]).join('');
}

function sha512(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Steps 1 to 12: for each bit of the password's length, the inner digest or the password itself. */
function firstDigest(key: Buffer, grain: Buffer): Buffer {
  const inner = sha512(key, grain, key);
  const parts = [key, grain, fill(inner, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? inner : key);
  return sha512(...parts);
}

/** The digest again and again, until `length` bytes are full. */
function fill(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest);
}

/** Step 22: three bytes make four characters; their order goes round by thirds of the digest. */
function encode(digest: Buffer): string {
  let [high, middle, low] = [0, 21, 42];
  let text = '';
  for (let group = 0; group < 21; group += 1) {
    text += characters(((digest[high] ?? 0) << 16) | ((digest[middle] ?? 0) << 8) | (digest[low] ?? 0), 4);
    [high, middle, low] = [middle + 1, low + 1, high + 1];
  }
  return text + characters(digest[63] ?? 0, 2);
}

function characters(value: number, count: number): string {
  return Array.from({ length: count }, (_, at) => ALPHABET[(value >> (6 * at)) & 63]).join('');
}
