import { hash } from 'node:crypto';

/** Block of SHA-1, SHA-256 and MD5. */
const BLOCK = 64;
const INNER = 0x36;
const OUTER = 0x5c;

/** Room for inner pad and message; every message of IPMI fits, a longer datagram gets a buffer of its own. */
const room = Buffer.alloc(BLOCK + 1024);

/** A hash function by its name at node:crypto. */
export interface HashFunction {
  readonly name: 'md5' | 'sha1' | 'sha256';
  /** Bytes of its digest. */
  readonly length: number;
}

/**
 * HMAC with one key for many messages (RFC 2104). Two one-shot hashes over prepared pads cost half of
 * `createHmac`, which makes and frees native objects for each packet.
 */
export class KeyedHash {
  readonly #hash: HashFunction;
  readonly #inner = Buffer.alloc(BLOCK, INNER);
  readonly #outer: Buffer;

  /** @param key at most 64 bytes, which every key of RMCP+ is */
  constructor(hashFunction: HashFunction, key: Uint8Array) {
    if (key.length > BLOCK) throw new RangeError(`HMAC key of ${key.length} bytes`);
    this.#hash = hashFunction;
    this.#outer = Buffer.alloc(BLOCK + hashFunction.length);
    this.#outer.fill(OUTER, 0, BLOCK);
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ INNER;
      this.#outer[at] = byte ^ OUTER;
    }
  }

  /** Writes the first `length` bytes of the code over `message` into `out`. */
  write(message: Uint8Array, out: Buffer, at: number, length: number): void {
    const { name } = this.#hash;
    const size = BLOCK + message.length;
    const whole = size <= room.length ? room.subarray(0, size) : Buffer.alloc(size);
    whole.set(this.#inner);
    whole.set(message, BLOCK);
    this.#outer.write(hash(name, whole, 'hex'), BLOCK, 'hex');
    whole.fill(0, 0, BLOCK);
    out.write(hash(name, this.#outer, 'hex'), at, length, 'hex');
  }

  /** The whole code over `message`. */
  code(message: Uint8Array): Buffer {
    const out = Buffer.alloc(this.#hash.length);
    this.write(message, out, 0, out.length);
    return out;
  }

  /** Overwrites what was made of the key. */
  destroy(): void {
    this.#inner.fill(0);
    this.#outer.fill(0);
  }
}
