import { CC } from '../codec/completion-codes.ts';
import { encode } from '../codec/layout.ts';
import { bootFlagsLayout } from '../commands/boot-flags.ts';
import { BOOT_PARAMETER, KEEP_FLAGS_ON_TIMEOUT, decodeBootFlags } from '../commands/boot-options.ts';
import type { BootFlagStore } from './boot-flag-store.ts';
import { CompletionError } from './completion-error.ts';

const UNSUPPORTED = 0x80;
const MAILBOX_BLOCKS = 8;
const MAILBOX_BLOCK = 16;

/** Parameters 0–4 and 6 with what they hold at start; 5 lives in the flag store, 7 is the mailbox. */
const INITIAL: Readonly<Record<number, readonly number[]>> = {
  [BOOT_PARAMETER.setInProgress]: [0],
  [BOOT_PARAMETER.servicePartitionSelector]: [0],
  [BOOT_PARAMETER.servicePartitionScan]: [0],
  [BOOT_PARAMETER.flagValidClearing]: [0],
  [BOOT_PARAMETER.infoAcknowledge]: [0, 0],
  [BOOT_PARAMETER.initiatorInfo]: [0, 0, 0, 0, 0, 0, 0, 0, 0],
};

/** Boot options of the virtual BMC (IPMI v2.0 §28.12, §28.13) with the 60 s limit on one-time overrides. */
export class BootOptionStore {
  readonly #flags: BootFlagStore;
  readonly #timeoutMs: number;
  readonly #values = new Map<number, Uint8Array>();
  readonly #mailbox = Array.from({ length: MAILBOX_BLOCKS }, () => new Uint8Array(MAILBOX_BLOCK));
  #timer: NodeJS.Timeout | undefined;

  constructor(flags: BootFlagStore, timeoutMs: number) {
    this.#flags = flags;
    this.#timeoutMs = timeoutMs;
    for (const [parameter, value] of Object.entries(INITIAL)) {
      this.#values.set(Number(parameter), Uint8Array.from(value));
    }
  }

  get(parameter: number, set: number): Uint8Array {
    if (parameter === BOOT_PARAMETER.flags) return encode(bootFlagsLayout, this.#flags.get());
    if (parameter === BOOT_PARAMETER.initiatorMailbox) {
      const block = this.#mailbox[set];
      if (block === undefined) throw new CompletionError(CC.outOfRange);
      return Uint8Array.of(set, ...block);
    }
    const value = this.#values.get(parameter);
    if (value === undefined) throw new CompletionError(UNSUPPORTED);
    return value;
  }

  set(parameter: number, data: Uint8Array): void {
    if (data.length === 0) return;
    if (parameter === BOOT_PARAMETER.flags) {
      this.#flags.set(decodeBootFlags(data));
      this.#startTimeout();
    } else if (parameter === BOOT_PARAMETER.initiatorMailbox) this.#setMailbox(data);
    else if (parameter === BOOT_PARAMETER.infoAcknowledge) this.#acknowledge(data);
    else if (this.#values.has(parameter)) this.#values.set(parameter, Uint8Array.from(data));
    else throw new CompletionError(UNSUPPORTED);
  }

  /** Ends the 60 s limit: a chassis command came. */
  stopTimeout(): void {
    clearTimeout(this.#timer);
  }

  #startTimeout(): void {
    clearTimeout(this.#timer);
    const keep = (this.#values.get(BOOT_PARAMETER.flagValidClearing)?.[0] ?? 0) & KEEP_FLAGS_ON_TIMEOUT;
    if (keep !== 0 || this.#timeoutMs <= 0) return;
    this.#timer = setTimeout(() => {
      const { valid, persistent } = this.#flags.get();
      if (valid && !persistent) this.#flags.set({ valid: false });
    }, this.#timeoutMs).unref();
  }

  /** Only the bits under the write mask change. */
  #acknowledge(data: Uint8Array): void {
    const [mask = 0, bits = 0] = data;
    const before = this.#values.get(BOOT_PARAMETER.infoAcknowledge)?.[1] ?? 0;
    this.#values.set(BOOT_PARAMETER.infoAcknowledge, Uint8Array.of(0, (before & ~mask) | (bits & mask)));
  }

  #setMailbox(data: Uint8Array): void {
    const block = this.#mailbox[data[0] ?? 0];
    if (block === undefined) throw new CompletionError(CC.outOfRange);
    block.set(data.subarray(1, 1 + MAILBOX_BLOCK));
  }
}
