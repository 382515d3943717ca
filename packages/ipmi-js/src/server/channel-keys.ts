import { CC } from '../codec/completion-codes.ts';
import type { setChannelSecurityKeys } from '../commands/set-channel-security-keys.ts';
import { wipe } from '../session/keys.ts';
import { CompletionError } from './completion-error.ts';

type Change = ReturnType<typeof setChannelSecurityKeys.request.read>;
type Answer = ReturnType<typeof setChannelSecurityKeys.response.read>;

const KR = 0;
const KG = 1;
const KEY_BYTES = 20;
const TOO_SHORT = 0x81;
const TOO_LONG = 0x82;
const KR_UNUSED = 0x84;

/** The BMC key Kg (IPMI v2.0 §22.25), which anybody with the privilege may read and nobody may lock. */
export class ChannelKeys {
  #kg: Buffer | undefined;

  /** @param kg padded to 20 bytes; undefined when none is set */
  constructor(kg: Buffer | undefined) {
    this.#kg = kg;
  }

  /** Undefined when user passwords serve in its place. */
  get kg(): Buffer | undefined {
    return this.#kg;
  }

  /** Reads or sets a key. @throws CompletionError 81h, 82h, 84h as the command defines them, CCh to lock */
  change({ operation, key, value }: Change): Answer {
    if (key === KR) throw new CompletionError(KR_UNUSED);
    if (key !== KG || operation === 'lock') throw new CompletionError(CC.invalidData);
    if (operation === 'set') this.#set(value);
    const told = operation === 'read' ? (this.#kg ?? new Uint8Array(KEY_BYTES)) : new Uint8Array();
    return { locked: 'not lockable', value: told };
  }

  wipe(): void {
    if (this.#kg !== undefined) wipe(this.#kg);
  }

  #set(value: Uint8Array): void {
    if (value.length < KEY_BYTES) throw new CompletionError(TOO_SHORT);
    if (value.length > KEY_BYTES) throw new CompletionError(TOO_LONG);
    this.wipe();
    // Twenty bytes 00h mean no key (IPMI v2.0 §13.31).
    this.#kg = value.every((byte) => byte === 0) ? undefined : Buffer.from(value);
  }
}
