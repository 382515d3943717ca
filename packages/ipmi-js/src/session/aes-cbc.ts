import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Cipher, Decipher } from 'node:crypto';
import { MalformedError } from '../codec/bytes.ts';

const BLOCK = 16;
const ALGORITHM = 'aes-128-cbc';
const NO_IV = Buffer.alloc(BLOCK);

/**
 * AES-CBC-128 payloads of one session: IV, then data, pad 01 02 03 …, pad length (IPMI v2.0 §13.29).
 * One cipher object for each direction serves the whole session, as making one costs more than a packet:
 * CBC chains from block to block, and each payload begins with a block of its own.
 */
export class AesCbc {
  readonly #key: Uint8Array;
  #cipher: Cipher | undefined;
  #decipher: Decipher | undefined;

  /** @param key 16 bytes; used as long as this lives, zeroed by its owner */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /**
   * IV and encrypted data. The IV is the enciphered `nonce`, the first of the two ways to an unpredictable IV
   * in NIST SP 800-38A appendix C.
   * @param nonce 16 bytes that were never used before
   */
  encrypt(nonce: Uint8Array, payload: Uint8Array): Buffer {
    const padding = (BLOCK - ((payload.length + 1) % BLOCK)) % BLOCK;
    const plain = Buffer.allocUnsafe(BLOCK + payload.length + padding + 1);
    plain.set(nonce);
    plain.set(payload, BLOCK);
    for (let i = 1; i <= padding; i++) plain[BLOCK + payload.length + i - 1] = i;
    plain[plain.length - 1] = padding;
    this.#cipher ??= createCipheriv(ALGORITHM, this.#key, NO_IV).setAutoPadding(false);
    return this.#cipher.update(plain);
  }

  /** @throws MalformedError when the length or the pad is wrong. */
  decrypt(payload: Uint8Array): Buffer {
    if (payload.length < 2 * BLOCK || payload.length % BLOCK !== 0) {
      throw new MalformedError(`encrypted payload of ${payload.length} bytes`);
    }
    this.#decipher ??= createDecipheriv(ALGORITHM, this.#key, NO_IV).setAutoPadding(false);
    // The IV goes through as a block that chains with the packet before; only what follows it is data.
    const plain = this.#decipher.update(payload).subarray(BLOCK);
    const padding = plain[plain.length - 1] ?? 0;
    const end = plain.length - 1 - padding;
    if (padding >= BLOCK || end < 0) throw new MalformedError(`confidentiality pad length ${padding}`);
    for (let i = 0; i < padding; i++) {
      if (plain[end + i] !== i + 1) throw new MalformedError('wrong confidentiality pad');
    }
    return plain.subarray(0, end);
  }

  /** Frees the cipher objects at once, by which OpenSSL overwrites their key schedules. */
  destroy(): void {
    this.#cipher?.final();
    this.#decipher?.final();
    this.#cipher = undefined;
    this.#decipher = undefined;
  }
}
