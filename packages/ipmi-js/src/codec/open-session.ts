import { refusal } from './refusal.ts';
import { MalformedError } from './bytes.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { decode, encode, layout, u32, u8 } from './layout.ts';
import type { Codec } from './layout.ts';

/** One algorithm payload: type, 00 00, length 08, algorithm, 00 00 00. */
const algorithm = (type: number): Codec<number> => ({
  read: (reader: ByteReader) => {
    const field = reader.bytes(8);
    if (field[0] !== type) throw new MalformedError(`algorithm payload type ${field[0]}, expected ${type}`);
    return (field[4] ?? 0) & 0x3f;
  },
  write: (writer: ByteWriter, value) => void writer.bytes(Uint8Array.of(type, 0, 0, 8, value, 0, 0, 0)),
});

const algorithms = layout()
  .field('auth', algorithm(0))
  .field('integrity', algorithm(1))
  .field('confidentiality', algorithm(2));

const request = layout()
  .field('tag', u8)
  /** 0 asks for the highest level that the proposed algorithms allow. */
  .field('privilege', u8)
  .reserved(2)
  .field('consoleSessionId', u32)
  .append(algorithms);

const response = layout()
  .field('tag', u8)
  .field('status', u8)
  /** May be 0 on some BMCs. */
  .field('privilege', u8)
  .reserved(1)
  .field('consoleSessionId', u32)
  .optional(layout().field('bmcSessionId', u32).append(algorithms));

/** RMCP+ Open Session Request (IPMI v2.0 §13.17). */
export type OpenSessionRequest = ReturnType<typeof request.read>;
/** RMCP+ Open Session Response (IPMI v2.0 §13.18); the algorithms are absent when refused. */
export type OpenSessionResponse = ReturnType<typeof response.read>;

export const encodeOpenSessionRequest = (value: OpenSessionRequest): Uint8Array => encode(request, value);
export const decodeOpenSessionRequest = (data: Uint8Array): OpenSessionRequest => decode(request, data);
export const encodeOpenSessionResponse = (value: OpenSessionResponse): Uint8Array => encode(response, value);

/** @throws MalformedError when cut, also when a success lacks the algorithms. */
export function decodeOpenSessionResponse(data: Uint8Array): OpenSessionResponse {
  const refused = refusal(data);
  const value = decode(response, refused ?? data);
  if (refused === undefined && value.bmcSessionId === undefined) {
    throw new MalformedError('Open Session Response without algorithms');
  }
  return value;
}
