import { createHash } from 'node:crypto';
import { INTEGRITY } from '../codec/cipher-suites.ts';
import type { Signer } from '../codec/packet.ts';
import { KeyedHash } from './hmac.ts';
import type { HashFunction } from './hmac.ts';

/** Makes the AuthCodes of one session. */
export interface SessionSigner extends Signer {
  /** Overwrites its secrets. */
  destroy(): void;
}

/** HMAC and AuthCode length of each integrity algorithm that has a key (IPMI v2.0 §13.28). */
const HMACS: Readonly<Record<number, { hash: HashFunction; length: number }>> = {
  [INTEGRITY.sha1]: { hash: { name: 'sha1', length: 20 }, length: 12 },
  [INTEGRITY.hmacMd5]: { hash: { name: 'md5', length: 16 }, length: 16 },
  [INTEGRITY.sha256]: { hash: { name: 'sha256', length: 32 }, length: 16 },
};
const MD5_LENGTH = 16;

/**
 * What signs the packets of a session; undefined without integrity.
 * @param password padded to 20 bytes; copied, for MD5-128 only, which has no key
 */
export function sessionSigner(integrity: number, k1: Uint8Array, password: Uint8Array): SessionSigner | undefined {
  if (integrity === INTEGRITY.md5) return md5Signer(Buffer.from(password));
  const algorithm = HMACS[integrity];
  if (algorithm === undefined) return undefined;
  const { length } = algorithm;
  const keyed = new KeyedHash(algorithm.hash, k1);
  return {
    length,
    sign: (signed, out, at) => keyed.write(signed, out, at, length),
    destroy: () => keyed.destroy(),
  };
}

/** MD5-128: password, packet, password. */
function md5Signer(password: Buffer): SessionSigner {
  return {
    length: MD5_LENGTH,
    sign: (signed, out, at) => {
      out.set(createHash('md5').update(password).update(signed).update(password).digest(), at);
    },
    destroy: () => void password.fill(0),
  };
}
