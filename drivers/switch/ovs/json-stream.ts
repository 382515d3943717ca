/** Splits a stream of JSON objects without framing (RFC 7047 §4: JSON-RPC over a byte stream) into objects. */
export class JsonStream {
  #pending: Buffer = Buffer.alloc(0);
  /** Where scanning goes on, and in which state it is. */
  #offset = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  readonly #maxBytes: number;

  constructor(maxBytes = 16 * 2 ** 20) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes, cut anywhere, and gives the objects that they complete.
   * @throws SyntaxError when the bytes are no JSON; RangeError when one object is larger than allowed
   */
  push(chunk: Buffer): unknown[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const objects: unknown[] = [];
    for (let end = this.#nextEnd(); end !== -1; end = this.#nextEnd()) {
      objects.push(JSON.parse(this.#pending.toString('utf8', 0, end)));
      this.#pending = this.#pending.subarray(end);
      this.#offset = 0;
    }
    if (this.#pending.length > this.#maxBytes) throw new RangeError(`a message larger than ${this.#maxBytes} bytes`);
    return objects;
  }

  /** The offset after the first whole object, or -1. */
  #nextEnd(): number {
    while (this.#offset < this.#pending.length) {
      const byte = this.#pending[this.#offset];
      this.#offset += 1;
      if (this.#inString) this.#scanInString(byte);
      else if (this.#scanOutside(byte)) return this.#offset;
    }
    return -1;
  }

  #scanInString(byte: number | undefined): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  /** True when the byte closes the outermost object. */
  #scanOutside(byte: number | undefined): boolean {
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN) this.#depth += 1;
    else if (byte === CLOSE) {
      this.#depth -= 1;
      if (this.#depth < 0) throw new SyntaxError('a closing brace without an opening one');
      return this.#depth === 0;
    }
    return false;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
