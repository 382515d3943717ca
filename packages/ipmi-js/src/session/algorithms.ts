import { timingSafeEqual } from 'node:crypto';
import { AUTH } from '../codec/cipher-suites.ts';
import { KeyedHash } from './hmac.ts';
import type { HashFunction } from './hmac.ts';

/** Hash behind each authentication algorithm, and how much of it RAKP 4 carries (IPMI v2.0 §13.28). */
const AUTH_ALGORITHMS: Readonly<Record<number, { hash: HashFunction; rakp4: number }>> = {
  [AUTH.sha1]: { hash: { name: 'sha1', length: 20 }, rakp4: 12 },
  [AUTH.md5]: { hash: { name: 'md5', length: 16 }, rakp4: 16 },
  [AUTH.sha256]: { hash: { name: 'sha256', length: 32 }, rakp4: 16 },
};

const EMPTY = Buffer.alloc(0);

/** HMAC of an authentication algorithm; empty for RAKP-none. */
export function authHmac(auth: number, key: Uint8Array, data: Uint8Array): Buffer {
  const algorithm = AUTH_ALGORITHMS[auth];
  if (algorithm === undefined) return EMPTY;
  const keyed = new KeyedHash(algorithm.hash, key);
  const code = keyed.code(data);
  keyed.destroy();
  return code;
}

/** Bytes of the integrity check value in RAKP 4; it follows the authentication algorithm. */
export const rakp4Length = (auth: number): number => AUTH_ALGORITHMS[auth]?.rakp4 ?? 0;

/** Compares codes in constant time. */
export function sameCode(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
