import { MalformedError } from './bytes.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Codec } from './layout.ts';

const BCD_PLUS = '0123456789 -.:,_';

const toBcdPlus = (data: Uint8Array): string =>
  [...data].map((byte) => `${BCD_PLUS[byte >> 4]}${BCD_PLUS[byte & 0x0f]}`).join('');

/** Four characters in three bytes, least significant bits first, from 20h (FRU v1.0 §13). */
function toSixBit(data: Uint8Array): string {
  let text = '';
  for (let bit = 0; bit + 6 <= data.length * 8; bit += 6) {
    const at = bit >> 3;
    const pair = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8);
    text += String.fromCharCode(0x20 + ((pair >> (bit & 7)) & 0x3f));
  }
  return text;
}

const toLatin = (data: Uint8Array): string => Buffer.from(data).toString('latin1').replace(/\0+$/, '');

/** Decoders by the type bits of a type/length byte, 1–3. */
const DECODERS: Readonly<Record<number, (data: Uint8Array) => string>> = {
  1: toBcdPlus,
  2: (data) => toSixBit(data).trimEnd(),
  3: toLatin,
};

/** Text of a field by its type bits; type 0 is binary in FRUs and reads as hexadecimal. */
export function decodeTypedText(type: number, data: Uint8Array): string {
  return (DECODERS[type] ?? ((raw) => Buffer.from(raw).toString('hex')))(data);
}

const LENGTH_MASK = 0x1f;
const ASCII_TYPE = 0xc0;

/** The id string of an SDR with its type/length byte (IPMI v2.0 §43.15); up to 16 characters. */
export const sdrName: Codec<string> = {
  read: (reader: ByteReader) => {
    const head = reader.uint(1);
    const length = head & LENGTH_MASK;
    if (length > reader.remaining) throw new MalformedError(`SDR name of ${length} bytes is cut`);
    const data = reader.bytes(length);
    // Type 0 is Unicode here; the records of real boards hold ASCII in it.
    return head >> 6 === 0 ? toLatin(data) : decodeTypedText(head >> 6, data);
  },
  write: (writer: ByteWriter, value) => {
    const data = Buffer.from(value, 'latin1').subarray(0, 16);
    writer.uint(ASCII_TYPE | data.length, 1).bytes(data);
  },
};
