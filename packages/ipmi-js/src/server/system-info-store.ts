import { CC } from '../codec/completion-codes.ts';
import { CompletionError } from './completion-error.ts';

const NOT_SUPPORTED = 0x80;
const READ_ONLY = 0x82;
const SET_IN_PROGRESS = 0;
const FIRMWARE_VERSION = 1;
/** Parameters that are texts in blocks: firmware version, system name, primary and present operating system (table 22-16c). */
const TEXTS: ReadonlySet<number> = new Set([FIRMWARE_VERSION, 2, 3, 4]);
const BLOCK = 16;

/** System info parameters (IPMI v2.0 §22.14a, b): texts that the system leaves with its BMC, in blocks of 16 bytes. */
export class SystemInfoStore {
  readonly #blocks = new Map<string, Buffer>();
  #setInProgress = 0;

  /** @param firmware text of the system firmware version, which nobody may write */
  constructor(firmware: string) {
    const text = Buffer.from(firmware, 'latin1').subarray(0, BLOCK - 2);
    this.#keep(FIRMWARE_VERSION, 0, Buffer.from([0, text.length, ...text]));
  }

  get(parameter: number, set: number): Uint8Array {
    if (parameter === SET_IN_PROGRESS) return Uint8Array.of(this.#setInProgress);
    if (!TEXTS.has(parameter)) throw new CompletionError(NOT_SUPPORTED);
    const block = this.#blocks.get(`${parameter}/${set}`);
    if (block === undefined && set > 0) throw new CompletionError(CC.outOfRange);
    return Buffer.concat([Uint8Array.of(set), block ?? Buffer.alloc(BLOCK)]);
  }

  set(parameter: number, data: Uint8Array): void {
    const [first = 0, ...block] = data;
    if (parameter === SET_IN_PROGRESS) this.#setInProgress = first & 0x03;
    else if (!TEXTS.has(parameter)) throw new CompletionError(NOT_SUPPORTED);
    else if (parameter === FIRMWARE_VERSION) throw new CompletionError(READ_ONLY);
    else if (block.length > BLOCK) throw new CompletionError(CC.length);
    else this.#keep(parameter, first, Buffer.from(block));
  }

  #keep(parameter: number, set: number, block: Buffer): void {
    this.#blocks.set(`${parameter}/${set}`, Buffer.concat([block, Buffer.alloc(BLOCK - block.length)]));
  }
}
