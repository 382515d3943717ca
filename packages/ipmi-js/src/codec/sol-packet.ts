import { MalformedError } from './bytes.ts';

/** Bits of byte 4 from the console to the BMC (IPMI v2.0 table 15-2). */
export const SOL_OPERATION = {
  nack: 0b0100_0000,
  ringWor: 0b0010_0000,
  break: 0b0001_0000,
  ctsPause: 0b0000_1000,
  dropDcdDsr: 0b0000_0100,
  flushInbound: 0b0000_0010,
  flushOutbound: 0b0000_0001,
} as const;

/** Bits of byte 4 from the BMC to the console (IPMI v2.0 table 15-2). */
export const SOL_STATUS = {
  nack: 0b0100_0000,
  transferUnavailable: 0b0010_0000,
  deactivating: 0b0001_0000,
  overrun: 0b0000_1000,
  break: 0b0000_0100,
} as const;

/** A SOL payload (IPMI v2.0 §15.9). */
export interface SolPacket {
  /** 1–15, or 0 when there is nothing to acknowledge (a pure acknowledgement). */
  readonly sequence: number;
  /** Packet that is acknowledged, 0 for none. */
  readonly ackSequence: number;
  /** Characters accepted of the acknowledged packet. */
  readonly accepted: number;
  /** {@link SOL_OPERATION} or {@link SOL_STATUS} bits. */
  readonly bits: number;
  readonly data: Uint8Array;
}

/** @throws MalformedError when shorter than 4 bytes. */
export function decodeSolPacket(payload: Uint8Array): SolPacket {
  if (payload.length < 4) throw new MalformedError(`SOL payload of ${payload.length} bytes, needs 4`);
  return {
    sequence: (payload[0] ?? 0) & 0x0f,
    ackSequence: (payload[1] ?? 0) & 0x0f,
    accepted: payload[2] ?? 0,
    bits: payload[3] ?? 0,
    data: payload.slice(4),
  };
}

/** Bytes of a SOL payload. */
export function encodeSolPacket(packet: SolPacket): Uint8Array {
  const out = new Uint8Array(4 + packet.data.length);
  out.set([packet.sequence, packet.ackSequence, packet.accepted, packet.bits]);
  out.set(packet.data, 4);
  return out;
}
