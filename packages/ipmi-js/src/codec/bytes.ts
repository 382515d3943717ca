/** Thrown by every decoder when bytes are missing or cannot be what they claim to be. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/** Reads little-endian fields from a message; every read past the end throws {@link MalformedError}. */
export class ByteReader {
  readonly #data: Uint8Array;
  #offset = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#data.length - this.#offset;
  }

  /** The next `count` bytes, least significant first, as an unsigned number; `count` is 1–6. */
  uint(count: number): number {
    const from = this.#take(count);
    let value = 0;
    for (let i = count - 1; i >= 0; i--) value = value * 256 + (this.#data[from + i] ?? 0);
    return value;
  }

  /** The next `count` bytes, most significant first. */
  uintBe(count: number): number {
    const from = this.#take(count);
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + (this.#data[from + i] ?? 0);
    return value;
  }

  /** A copy of the next `count` bytes. */
  bytes(count: number): Uint8Array {
    const from = this.#take(count);
    return this.#data.slice(from, from + count);
  }

  /** A copy of everything that is left. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  #take(count: number): number {
    if (count > this.remaining) {
      throw new MalformedError(`message of ${this.#data.length} bytes ends before byte ${this.#offset + count}`);
    }
    const from = this.#offset;
    this.#offset += count;
    return from;
  }
}

/** Collects little-endian fields into one message. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  uint(value: number, count: number): this {
    let rest = value;
    for (let i = 0; i < count; i++) {
      this.#bytes.push(rest % 256);
      rest = Math.floor(rest / 256);
    }
    return this;
  }

  uintBe(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.#bytes.push(Math.floor(value / 256 ** i) % 256);
    return this;
  }

  bytes(data: Uint8Array): this {
    for (const byte of data) this.#bytes.push(byte);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
