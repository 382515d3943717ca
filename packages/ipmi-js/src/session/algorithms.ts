import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { MalformedError } from '../codec/bytes.ts';
import { AUTH, INTEGRITY } from '../codec/cipher-suites.ts';

/** Hash behind each authentication algorithm, and how much of it RAKP 4 carries (IPMI v2.0 §13.28). */
const AUTH_ALGORITHMS: Readonly<Record<number, { hash: string; digest: number; rakp4: number }>> = {
  [AUTH.sha1]: { hash: 'sha1', digest: 20, rakp4: 12 },
  [AUTH.md5]: { hash: 'md5', digest: 16, rakp4: 16 },
  [AUTH.sha256]: { hash: 'sha256', digest: 32, rakp4: 16 },
};

const EMPTY = Buffer.alloc(0);

/** HMAC of an authentication algorithm; empty for RAKP-none. */
export function authHmac(auth: number, key: Uint8Array, data: Uint8Array): Buffer {
  const algorithm = AUTH_ALGORITHMS[auth];
  return algorithm === undefined ? EMPTY : createHmac(algorithm.hash, key).update(data).digest();
}

/** Bytes of the integrity check value in RAKP 4; it follows the authentication algorithm. */
export const rakp4Length = (auth: number): number => AUTH_ALGORITHMS[auth]?.rakp4 ?? 0;

/** AuthCode length in the session trailer for each integrity algorithm. */
const INTEGRITY_ALGORITHMS: Readonly<Record<number, { hash: string; length: number }>> = {
  [INTEGRITY.sha1]: { hash: 'sha1', length: 12 },
  [INTEGRITY.hmacMd5]: { hash: 'md5', length: 16 },
  [INTEGRITY.sha256]: { hash: 'sha256', length: 16 },
};

/** Bytes of AuthCode in the session trailer; 0 without integrity. */
export const integrityLength = (integrity: number): number =>
  integrity === INTEGRITY.md5 ? 16 : (INTEGRITY_ALGORITHMS[integrity]?.length ?? 0);

/** AuthCode over `signed`. `password` (20 bytes) is used by MD5-128 only, which has no key. */
export function integrityCode(integrity: number, k1: Uint8Array, password: Uint8Array, signed: Uint8Array): Buffer {
  if (integrity === INTEGRITY.md5) {
    return createHash('md5').update(password).update(signed).update(password).digest();
  }
  const algorithm = INTEGRITY_ALGORITHMS[integrity];
  if (algorithm === undefined) return EMPTY;
  return createHmac(algorithm.hash, k1).update(signed).digest().subarray(0, algorithm.length);
}

/** Compares codes in constant time. */
export function sameCode(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

const BLOCK = 16;

/** AES-CBC-128 payload: IV, then data, pad 01 02 03 …, pad length (IPMI v2.0 §13.29). */
export function aesEncrypt(key: Uint8Array, iv: Uint8Array, payload: Uint8Array): Buffer {
  const padding = (BLOCK - ((payload.length + 1) % BLOCK)) % BLOCK;
  const plain = Buffer.allocUnsafe(payload.length + padding + 1);
  plain.set(payload);
  for (let i = 0; i < padding; i++) plain[payload.length + i] = i + 1;
  plain[plain.length - 1] = padding;
  const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([iv, cipher.update(plain)]);
}

/** @throws MalformedError when the length or the pad is wrong. */
export function aesDecrypt(key: Uint8Array, payload: Uint8Array): Buffer {
  if (payload.length < 2 * BLOCK || payload.length % BLOCK !== 0) {
    throw new MalformedError(`encrypted payload of ${payload.length} bytes`);
  }
  const decipher = createDecipheriv('aes-128-cbc', key, payload.subarray(0, BLOCK));
  const plain = decipher.setAutoPadding(false).update(payload.subarray(BLOCK));
  const padding = plain[plain.length - 1] ?? 0;
  const end = plain.length - 1 - padding;
  if (padding >= BLOCK || end < 0) throw new MalformedError(`confidentiality pad length ${padding}`);
  for (let i = 0; i < padding; i++) {
    if (plain[end + i] !== i + 1) throw new MalformedError('wrong confidentiality pad');
  }
  return plain.subarray(0, end);
}
