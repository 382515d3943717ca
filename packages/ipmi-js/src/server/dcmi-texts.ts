import { CC } from '../codec/completion-codes.ts';
import { CompletionError } from './completion-error.ts';

const MOST_AT_ONCE = 16;
const TAG_LIMIT = 63;
const ID_LIMIT = 64;

/** A text that consoles read and write in pieces of up to 16 bytes (DCMI v1.5 §6.4.2, §6.4.6). */
export class PiecewiseText {
  readonly #limit: number;
  #bytes: Buffer;

  /** @throws RangeError when the text has more than `limit` bytes */
  constructor(text: string, limit: number) {
    this.#bytes = Buffer.from(text, 'utf8');
    if (this.#bytes.length > limit) throw new RangeError(`"${text}" has more than ${limit} bytes`);
    this.#limit = limit;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** @throws CompletionError C9h for more than 16 bytes or beyond the end */
  read(offset: number, count: number): Uint8Array {
    if (count > MOST_AT_ONCE || offset > this.#bytes.length) throw new CompletionError(CC.outOfRange);
    return this.#bytes.subarray(offset, offset + count);
  }

  /** Writes a piece, which ends the text. @throws CompletionError C9h beyond the limit or with a gap, C7h for missing bytes */
  write(offset: number, count: number, data: Uint8Array): void {
    if (data.length < count) throw new CompletionError(CC.length);
    const end = offset + count;
    if (count > MOST_AT_ONCE || end > this.#limit || offset > this.#bytes.length) {
      throw new CompletionError(CC.outOfRange);
    }
    this.#bytes = Buffer.concat([this.#bytes.subarray(0, offset), data.subarray(0, count)]);
  }
}

/** The texts that DCMI keeps with a BMC. */
export class DcmiTexts {
  readonly assetTag: PiecewiseText;
  /** Ends with 00h on the wire. */
  readonly controllerId: PiecewiseText;

  constructor(assetTag: string, controllerId: string) {
    this.assetTag = new PiecewiseText(assetTag, TAG_LIMIT);
    this.controllerId = new PiecewiseText(`${controllerId}\0`, ID_LIMIT);
  }
}
