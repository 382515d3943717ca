import { MalformedError } from './bytes.ts';

/** Slave address of every BMC (IPMI v2.0 §5.4). */
export const BMC_ADDRESS = 0x20;
/** Software id of a remote console. */
export const CONSOLE_ADDRESS = 0x81;

/** A request in IPMI LAN message form (IPMI v2.0 §13.8). */
export interface RequestMessage {
  readonly rsAddr: number;
  readonly netFn: number;
  readonly rsLun: number;
  readonly rqAddr: number;
  /** 0–63. */
  readonly rqSeq: number;
  readonly rqLun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** A response in IPMI LAN message form; `netFn` is the request's, without the response bit. */
export interface ResponseMessage extends RequestMessage {
  readonly completionCode: number;
}

/** Two's complement checksum of bytes `from` to before `to` (IPMI v2.0 §13.8). */
export function checksum(data: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += data[i] ?? 0;
  return -sum & 0xff;
}

/** Bytes of a request: rsAddr, netFn/lun, checksum, rqAddr, rqSeq/lun, cmd, data, checksum. */
export function encodeRequest(message: RequestMessage): Buffer {
  const { data } = message;
  const out = Buffer.allocUnsafe(7 + data.length);
  out[0] = message.rsAddr;
  out[1] = (message.netFn << 2) | message.rsLun;
  out[2] = checksum(out, 0, 2);
  out[3] = message.rqAddr;
  out[4] = (message.rqSeq << 2) | message.rqLun;
  out[5] = message.cmd;
  out.set(data, 6);
  out[6 + data.length] = checksum(out, 3, 6 + data.length);
  return out;
}

/** Bytes of a response: rqAddr, netFn/lun, checksum, rsAddr, rqSeq/lun, cmd, completion code, data, checksum. */
export function encodeResponse(message: ResponseMessage): Buffer {
  const { data } = message;
  const out = Buffer.allocUnsafe(8 + data.length);
  out[0] = message.rqAddr;
  out[1] = ((message.netFn | 1) << 2) | message.rqLun;
  out[2] = checksum(out, 0, 2);
  out[3] = message.rsAddr;
  out[4] = (message.rqSeq << 2) | message.rsLun;
  out[5] = message.cmd;
  out[6] = message.completionCode;
  out.set(data, 7);
  out[7 + data.length] = checksum(out, 3, 7 + data.length);
  return out;
}

function verify(bytes: Uint8Array, least: number, ignoreChecksum: boolean): void {
  if (bytes.length < least) {
    throw new MalformedError(`IPMI message of ${bytes.length} bytes, needs at least ${least}`);
  }
  const last = bytes.length - 1;
  if (ignoreChecksum) return;
  if (checksum(bytes, 0, 2) !== bytes[2] || checksum(bytes, 3, last) !== bytes[last]) {
    throw new MalformedError('IPMI message with a wrong checksum');
  }
}

/** @throws MalformedError when shorter than 7 bytes, not a request, or with a wrong checksum. */
export function decodeRequest(bytes: Uint8Array): RequestMessage {
  verify(bytes, 7, false);
  const at = (index: number): number => bytes[index] ?? 0;
  if ((at(1) >> 2) & 1) throw new MalformedError('IPMI response where a request was expected');
  return {
    rsAddr: at(0),
    netFn: at(1) >> 2,
    rsLun: at(1) & 3,
    rqAddr: at(3),
    rqSeq: at(4) >> 2,
    rqLun: at(4) & 3,
    cmd: at(5),
    data: bytes.subarray(6, bytes.length - 1),
  };
}

/**
 * @param ignoreChecksum accepts wrong checksums, which some Supermicro X9 boards send.
 * @throws MalformedError when shorter than 8 bytes, not a response, or with a wrong checksum.
 */
export function decodeResponse(bytes: Uint8Array, ignoreChecksum = false): ResponseMessage {
  verify(bytes, 8, ignoreChecksum);
  const at = (index: number): number => bytes[index] ?? 0;
  if (((at(1) >> 2) & 1) === 0) throw new MalformedError('IPMI request where a response was expected');
  return {
    rqAddr: at(0),
    netFn: (at(1) >> 2) & ~1,
    rqLun: at(1) & 3,
    rsAddr: at(3),
    rqSeq: at(4) >> 2,
    rsLun: at(4) & 3,
    cmd: at(5),
    completionCode: at(6),
    data: bytes.subarray(7, bytes.length - 1),
  };
}
