import { MalformedError } from '../codec/bytes.ts';
import { CONFIDENTIALITY, INTEGRITY } from '../codec/cipher-suites.ts';
import type { CipherSuite } from '../codec/cipher-suites.ts';
import { encodePacket20, splitTrailer } from '../codec/packet.ts';
import type { Packet20 } from '../codec/packet.ts';
import { aesDecrypt, aesEncrypt, integrityCode, integrityLength, sameCode } from './algorithms.ts';
import { wipe } from './keys.ts';
import type { SessionKeys } from './keys.ts';
import { ReplayWindow } from './replay-window.ts';

/** What one end of an open session needs to seal and open packets. */
export interface CipherOptions {
  readonly suite: CipherSuite;
  readonly keys: SessionKeys;
  /** The user's password padded to 20 bytes; kept for MD5-128 only. */
  readonly password: Uint8Array;
  /** Session id of the receiver of our packets. */
  readonly peerSessionId: number;
  /** Gives 16 fresh random bytes. */
  readonly iv: () => Uint8Array;
}

/** Seals outgoing and opens incoming packets of one open session; used by both ends. */
export class SessionCipher {
  readonly suite: CipherSuite;
  readonly #keys: SessionKeys;
  readonly #aesKey: Buffer;
  readonly #password: Buffer;
  readonly #peer: number;
  readonly #iv: () => Uint8Array;
  readonly #authLength: number;
  readonly #window = new ReplayWindow();
  #sequence = 0;

  constructor(options: CipherOptions) {
    this.suite = options.suite;
    this.#keys = options.keys;
    this.#aesKey = options.keys.k2.subarray(0, 16);
    this.#password = Buffer.alloc(options.suite.integrity === INTEGRITY.md5 ? 20 : 0);
    if (this.#password.length > 0) this.#password.set(options.password);
    this.#peer = options.peerSessionId;
    this.#iv = options.iv;
    this.#authLength = integrityLength(options.suite.integrity);
  }

  /** A datagram with the next session sequence number. */
  seal(payloadType: number, payload: Uint8Array): Buffer {
    this.#sequence = this.#sequence >= 0xffff_ffff ? 1 : this.#sequence + 1;
    const encrypted = this.suite.confidentiality === CONFIDENTIALITY.aes;
    return encodePacket20({
      payloadType,
      sessionId: this.#peer,
      sequence: this.#sequence,
      payload: encrypted ? aesEncrypt(this.#aesKey, this.#iv(), payload) : payload,
      encrypted,
      sign: this.#authLength === 0 ? undefined : this.#sign,
    });
  }

  /**
   * The plain payload of a received packet, or undefined when it was received before.
   * @throws MalformedError when it is not authenticated or not encrypted as the suite demands, or was altered.
   */
  open(packet: Packet20): Buffer | undefined {
    if (this.#authLength > 0) this.#verify(packet);
    if (!this.#window.accept(packet.sequence)) return undefined;
    if (this.suite.confidentiality !== CONFIDENTIALITY.aes) return packet.payload;
    if (!packet.encrypted) throw new MalformedError('clear payload in an encrypted session');
    return aesDecrypt(this.#aesKey, packet.payload);
  }

  /** Overwrites the keys; the cipher is useless afterwards. */
  destroy(): void {
    wipe(this.#keys.sik, this.#keys.k1, this.#keys.k2, this.#password);
  }

  readonly #sign = (signed: Uint8Array): Buffer =>
    integrityCode(this.suite.integrity, this.#keys.k1, this.#password, signed);

  #verify(packet: Packet20): void {
    if (!packet.authenticated) throw new MalformedError('unauthenticated packet in a session');
    const { signed, authCode } = splitTrailer(packet, this.#authLength);
    if (!sameCode(this.#sign(signed), authCode)) throw new MalformedError('wrong AuthCode');
  }
}
