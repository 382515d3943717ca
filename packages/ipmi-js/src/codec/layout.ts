import { ByteReader, ByteWriter } from './bytes.ts';

/** Turns a value into bytes and back; both directions serve the client and the virtual BMC. */
export interface Codec<T> {
  read(reader: ByteReader): T;
  write(writer: ByteWriter, value: T): void;
}

/** The value type of a codec. */
export type Decoded<C> = C extends Codec<infer T> ? T : never;

/** A part of one byte: `width` bits from bit `shift` up. */
export interface BitField<V> {
  readonly shift: number;
  readonly width: number;
  fromBits(bits: number): V;
  toBits(value: V): number;
}

type BitValues<B> = { [K in keyof B]: B[K] extends BitField<infer V> ? V : never };
type AnyBits = Record<string, BitField<unknown>>;

const number = (count: number): Codec<number> => ({
  read: (reader) => reader.uint(count),
  write: (writer, value) => void writer.uint(value, count),
});

/** Unsigned little-endian integers of 1, 2, 3 and 4 bytes. */
export const u8 = number(1);
export const u16 = number(2);
export const u24 = number(3);
export const u32 = number(4);

/** Two's complement 16 bits, little-endian. */
export const i16: Codec<number> = {
  read: (reader) => (reader.uint(2) << 16) >> 16,
  write: (writer, value) => void writer.uint(value & 0xffff, 2),
};

/** Exactly `count` bytes; shorter values are padded with 00h, longer ones cut. */
export const bytes = (count: number): Codec<Uint8Array> => ({
  read: (reader) => reader.bytes(count),
  write: (writer, value) => {
    const field = new Uint8Array(count);
    field.set(value.subarray(0, count));
    writer.bytes(field);
  },
});

/** Everything up to the end of the message. */
export const rest: Codec<Uint8Array> = {
  read: (reader) => reader.rest(),
  write: (writer, value) => void writer.bytes(value),
};

/** ASCII text in `count` bytes, ended by the first 00h (IPMI v2.0 §22.28). */
export const text = (count: number): Codec<string> => ({
  read: (reader) => {
    const field = Buffer.from(reader.bytes(count));
    const end = field.indexOf(0);
    return field.toString('latin1', 0, end < 0 ? count : end);
  },
  write: (writer, value) => {
    const field = Buffer.alloc(count);
    field.write(value, 'latin1');
    writer.bytes(field);
  },
});

/** One bit as a boolean. */
export const flag = (shift: number): BitField<boolean> => ({
  shift,
  width: 1,
  fromBits: (bits) => bits === 1,
  toBits: (value) => (value ? 1 : 0),
});

/** A small unsigned number. */
export const uint = (shift: number, width: number): BitField<number> => ({
  shift,
  width,
  fromBits: (bits) => bits,
  toBits: (value) => value,
});

/** A name per value; values beyond the list read as `reserved-N` and write back unchanged. */
export const choice = <const N extends string>(
  shift: number,
  width: number,
  names: readonly N[],
): BitField<N | `reserved-${number}`> => ({
  shift,
  width,
  fromBits: (bits) => names[bits] ?? `reserved-${bits}`,
  toBits: (value) => {
    const known = names.indexOf(value as N);
    return known >= 0 ? known : Number(value.slice('reserved-'.length));
  },
});

const mask = (field: BitField<unknown>): number => (1 << field.width) - 1;

interface Step {
  /** Fields that the step fills. */
  readonly names: readonly string[];
  read(reader: ByteReader, into: Record<string, unknown>): void;
  write(writer: ByteWriter, from: Record<string, unknown>): void;
}

function bitsStep(fields: AnyBits): Step {
  const entries = Object.entries(fields);
  return {
    names: Object.keys(fields),
    read: (reader, into) => {
      const byte = reader.uint(1);
      for (const [name, field] of entries) {
        into[name] = field.fromBits((byte >> field.shift) & mask(field));
      }
    },
    write: (writer, from) => {
      let byte = 0;
      for (const [name, field] of entries) {
        byte |= (field.toBits(from[name]) & mask(field)) << field.shift;
      }
      writer.uint(byte, 1);
    },
  };
}

/** A message described byte by byte in wire order; reserved bits are written as 0 and ignored. */
export class Layout<T extends object> implements Codec<T> {
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[] = []) {
    this.#steps = steps;
  }

  /** Appends one field. */
  field<K extends string, V>(name: K, codec: Codec<V>): Layout<T & Record<K, V>> {
    return this.#with({
      names: [name],
      read: (reader, into) => void (into[name] = codec.read(reader)),
      write: (writer, from) => codec.write(writer, from[name] as V),
    });
  }

  /** Appends one byte made of named parts. */
  bits<const B extends Record<string, BitField<unknown>>>(fields: B): Layout<T & BitValues<B>> {
    return this.#with(bitsStep(fields));
  }

  /** Appends `count` reserved bytes. */
  reserved(count: number): Layout<T> {
    return this.#with({
      names: [],
      read: (reader) => void reader.bytes(count),
      write: (writer) => void writer.bytes(new Uint8Array(count)),
    });
  }

  /** Appends a fixed byte that is written but not checked, such as the "C" of "CLR". */
  constant(value: number): Layout<T> {
    return this.#with({
      names: [],
      read: (reader) => void reader.uint(1),
      write: (writer) => void writer.uint(value, 1),
    });
  }

  /** Appends the fields of another layout. */
  append<U extends object>(inner: Layout<U>): Layout<T & U> {
    return new Layout<T & U>([...this.#steps, ...inner.#steps]);
  }

  /** Appends fields that older BMCs leave out; they are absent when the message ends before them. */
  optional<U extends object>(inner: Layout<U>): Layout<T & Partial<U>> {
    const names = inner.#steps.flatMap((step) => step.names);
    return this.#with({
      names,
      read: (reader, into) => {
        if (reader.remaining > 0) for (const step of inner.#steps) step.read(reader, into);
      },
      write: (writer, from) => {
        if (!names.some((name) => from[name] !== undefined)) return;
        for (const step of inner.#steps) step.write(writer, from);
      },
    });
  }

  read(reader: ByteReader): T {
    const value: Record<string, unknown> = {};
    for (const step of this.#steps) step.read(reader, value);
    return value as T;
  }

  write(writer: ByteWriter, value: T): void {
    for (const step of this.#steps) step.write(writer, value as Record<string, unknown>);
  }

  #with<U extends object>(step: Step): Layout<U> {
    return new Layout<U>([...this.#steps, step]);
  }
}

/** Starts a message description. */
export const layout = (): Layout<object> => new Layout<object>();

/** A message without data. */
export const nothing: Layout<object> = layout();

/** Decodes a whole message; bytes after the described ones are ignored, as newer BMCs add some. */
export function decode<T>(codec: Codec<T>, data: Uint8Array): T {
  return codec.read(new ByteReader(data));
}

/** Encodes a whole message. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new ByteWriter();
  codec.write(writer, value);
  return writer.finish();
}
