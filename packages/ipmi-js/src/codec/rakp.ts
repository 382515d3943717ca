import { refusal } from './refusal.ts';
import { MalformedError } from './bytes.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { bytes, decode, encode, layout, rest, u32, u8 } from './layout.ts';
import type { Codec } from './layout.ts';

const USER_NAME_LIMIT = 16;

const userName: Codec<Uint8Array> = {
  read: (reader: ByteReader) => {
    const length = reader.uint(1);
    if (length > USER_NAME_LIMIT) throw new MalformedError(`user name of ${length} bytes`);
    return reader.bytes(length);
  },
  write: (writer: ByteWriter, name) => void writer.uint(name.length, 1).bytes(name),
};

const rakp1 = layout()
  .field('tag', u8)
  .reserved(3)
  .field('bmcSessionId', u32)
  .field('consoleRandom', bytes(16))
  /** The whole role byte, name-only bit 4 included; it is hashed as sent. */
  .field('role', u8)
  .reserved(2)
  .field('userName', userName);

const rakp2 = layout()
  .field('tag', u8)
  .field('status', u8)
  .reserved(2)
  .field('consoleSessionId', u32)
  .optional(layout().field('bmcRandom', bytes(16)).field('guid', bytes(16)).field('authCode', rest));

const rakp34 = layout()
  .field('tag', u8)
  .field('status', u8)
  .reserved(2)
  .field('sessionId', u32)
  .field('authCode', rest);

/** RAKP Message 1 (IPMI v2.0 §13.20). */
export type Rakp1 = ReturnType<typeof rakp1.read>;
/** RAKP Message 2 (IPMI v2.0 §13.21). */
export type Rakp2 = ReturnType<typeof rakp2.read>;
/** RAKP Messages 3 and 4 (IPMI v2.0 §13.22, §13.23); `sessionId` is the receiver's. */
export type Rakp34 = ReturnType<typeof rakp34.read>;

export const encodeRakp1 = (value: Rakp1): Uint8Array => encode(rakp1, value);
export const decodeRakp1 = (data: Uint8Array): Rakp1 => decode(rakp1, data);
export const encodeRakp2 = (value: Rakp2): Uint8Array => encode(rakp2, value);
export const encodeRakp34 = (value: Rakp34): Uint8Array => encode(rakp34, value);
export const decodeRakp34 = (data: Uint8Array): Rakp34 => decode(rakp34, refusal(data) ?? data);

/** @throws MalformedError when cut, also when a success lacks random number or GUID. */
export function decodeRakp2(data: Uint8Array): Rakp2 {
  const refused = refusal(data);
  const value = decode(rakp2, refused ?? data);
  if (refused === undefined && value.guid === undefined) throw new MalformedError('RAKP Message 2 without GUID');
  return value;
}
