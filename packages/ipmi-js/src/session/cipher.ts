import { MalformedError } from '../codec/bytes.ts';
import { CONFIDENTIALITY } from '../codec/cipher-suites.ts';
import type { CipherSuite } from '../codec/cipher-suites.ts';
import { encodePacket20, splitTrailer } from '../codec/packet.ts';
import type { Packet20 } from '../codec/packet.ts';
import { AesCbc } from './aes-cbc.ts';
import { sameCode } from './algorithms.ts';
import { sessionSigner } from './integrity.ts';
import type { SessionSigner } from './integrity.ts';
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
  /** Gives 16 fresh random bytes, of which an IV is made. */
  readonly nonce: () => Uint8Array;
}

/** Room for the AuthCode that a received packet should have. */
const wanted = Buffer.alloc(16);

/** Seals outgoing and opens incoming packets of one open session; used by both ends. */
export class SessionCipher {
  readonly suite: CipherSuite;
  readonly #keys: SessionKeys;
  readonly #aes: AesCbc | undefined;
  readonly #signer: SessionSigner | undefined;
  readonly #peer: number;
  readonly #nonce: () => Uint8Array;
  readonly #window = new ReplayWindow();
  #sequence = 0;

  constructor(options: CipherOptions) {
    const { suite, keys } = options;
    this.suite = suite;
    this.#keys = keys;
    // AES takes the first 16 bytes of K2, whatever its length (IPMI v2.0 §13.29).
    this.#aes = suite.confidentiality === CONFIDENTIALITY.aes ? new AesCbc(keys.k2.subarray(0, 16)) : undefined;
    this.#signer = sessionSigner(suite.integrity, keys.k1, options.password);
    this.#peer = options.peerSessionId;
    this.#nonce = options.nonce;
  }

  /** A datagram with the next session sequence number. */
  seal(payloadType: number, payload: Uint8Array): Buffer {
    this.#sequence = this.#sequence >= 0xffff_ffff ? 1 : this.#sequence + 1;
    return encodePacket20({
      payloadType,
      sessionId: this.#peer,
      sequence: this.#sequence,
      payload: this.#aes?.encrypt(this.#nonce(), payload) ?? payload,
      encrypted: this.#aes !== undefined,
      signer: this.#signer,
    });
  }

  /**
   * The plain payload of a received packet, or undefined when it was received before.
   * @throws MalformedError when it is not authenticated or not encrypted as the suite demands, or was altered.
   */
  open(packet: Packet20): Buffer | undefined {
    if (this.#signer !== undefined) verify(packet, this.#signer);
    if (!this.#window.accept(packet.sequence)) return undefined;
    if (this.#aes === undefined) return packet.payload;
    if (!packet.encrypted) throw new MalformedError('clear payload in an encrypted session');
    return this.#aes.decrypt(packet.payload);
  }

  /** Overwrites the keys; the cipher is useless afterwards. */
  destroy(): void {
    wipe(this.#keys.sik, this.#keys.k1, this.#keys.k2);
    this.#aes?.destroy();
    this.#signer?.destroy();
  }
}

function verify(packet: Packet20, signer: SessionSigner): void {
  if (!packet.authenticated) throw new MalformedError('unauthenticated packet in a session');
  const { signed, authCode } = splitTrailer(packet, signer.length);
  signer.sign(signed, wanted, 0);
  if (!sameCode(wanted.subarray(0, signer.length), authCode)) throw new MalformedError('wrong AuthCode');
}
