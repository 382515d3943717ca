import { MalformedError } from './bytes.ts';

/** Payload types (IPMI v2.0 table 13-16). */
export const PAYLOAD = {
  ipmi: 0x00,
  sol: 0x01,
  openSessionRequest: 0x10,
  openSessionResponse: 0x11,
  rakp1: 0x12,
  rakp2: 0x13,
  rakp3: 0x14,
  rakp4: 0x15,
} as const;

const RMCP_VERSION = 0x06;
const RMCP_NO_ACK = 0xff;
const CLASS_IPMI = 0x07;
const CLASS_ASF = 0x06;
const AUTH_TYPE_RMCPP = 0x06;
const HEADER_2_0 = 16;
const NEXT_HEADER = 0x07;

/** An IPMI 1.5 packet (IPMI v2.0 table 13-8, left column). */
export interface Packet15 {
  readonly format: '1.5';
  readonly authType: number;
  readonly sequence: number;
  readonly sessionId: number;
  readonly authCode: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

/** An RMCP+ packet before its trailer was checked and its payload decrypted. */
export interface Packet20 {
  readonly format: '2.0';
  readonly payloadType: number;
  readonly encrypted: boolean;
  readonly authenticated: boolean;
  readonly sessionId: number;
  readonly sequence: number;
  readonly payload: Buffer;
  /** The whole datagram, for the integrity check. */
  readonly datagram: Buffer;
  /** Offset of the first byte after the payload. */
  readonly payloadEnd: number;
}

/** An ASF presence ping or pong (IPMI v2.0 §13.2.3). */
export interface AsfPacket {
  readonly format: 'asf';
  readonly type: number;
  readonly tag: number;
  readonly data: Uint8Array;
}

/** Anything that can arrive on the RMCP port. */
export type Packet = Packet15 | Packet20 | AsfPacket;

/** Splits a datagram. @throws MalformedError when it is not RMCP, cut short, or its lengths disagree. */
export function decodePacket(datagram: Buffer): Packet {
  need(datagram, 5);
  if (datagram[0] !== RMCP_VERSION) throw new MalformedError('not an RMCP version 1.0 datagram');
  const messageClass = (datagram[3] ?? 0) & 0x9f;
  if (messageClass === CLASS_ASF) return decodeAsf(datagram);
  if (messageClass !== CLASS_IPMI) throw new MalformedError(`RMCP class ${messageClass} is not IPMI`);
  return ((datagram[4] ?? 0) & 0x0f) === AUTH_TYPE_RMCPP ? decode20(datagram) : decode15(datagram);
}

function need(datagram: Buffer, length: number): void {
  if (datagram.length < length) {
    throw new MalformedError(`datagram of ${datagram.length} bytes, needs ${length}`);
  }
}

function decode15(datagram: Buffer): Packet15 {
  const authType = (datagram[4] ?? 0) & 0x0f;
  const lengthAt = authType === 0 ? 13 : 29;
  need(datagram, lengthAt + 1);
  const length = datagram[lengthAt] ?? 0;
  need(datagram, lengthAt + 1 + length);
  return {
    format: '1.5',
    authType,
    sequence: datagram.readUInt32LE(5),
    sessionId: datagram.readUInt32LE(9),
    authCode: authType === 0 ? undefined : datagram.subarray(13, 29),
    payload: datagram.subarray(lengthAt + 1, lengthAt + 1 + length),
  };
}

function decode20(datagram: Buffer): Packet20 {
  need(datagram, HEADER_2_0);
  const typeByte = datagram[5] ?? 0;
  if ((typeByte & 0x3f) === 0x02) throw new MalformedError('OEM explicit payloads are not spoken');
  const end = HEADER_2_0 + datagram.readUInt16LE(14);
  need(datagram, end);
  return {
    format: '2.0',
    payloadType: typeByte & 0x3f,
    encrypted: (typeByte & 0x80) !== 0,
    authenticated: (typeByte & 0x40) !== 0,
    sessionId: datagram.readUInt32LE(6),
    sequence: datagram.readUInt32LE(10),
    payload: datagram.subarray(HEADER_2_0, end),
    datagram,
    payloadEnd: end,
  };
}

function decodeAsf(datagram: Buffer): AsfPacket {
  need(datagram, 12);
  const length = datagram[11] ?? 0;
  need(datagram, 12 + length);
  return {
    format: 'asf',
    type: datagram[8] ?? 0,
    tag: datagram[9] ?? 0,
    data: datagram.subarray(12, 12 + length),
  };
}

/** A session-less IPMI 1.5 packet, the only 1.5 form that is sent (discovery). */
export function encodePacket15(payload: Uint8Array): Buffer {
  const out = Buffer.alloc(14 + payload.length);
  writeRmcp(out, CLASS_IPMI);
  out[13] = payload.length;
  out.set(payload, 14);
  return out;
}

/** An ASF presence ping (80h) or pong (40h). */
export function encodeAsf(type: number, tag: number, data: Uint8Array = new Uint8Array()): Buffer {
  const out = Buffer.alloc(12 + data.length);
  writeRmcp(out, CLASS_ASF);
  out.writeUInt32BE(4542, 4);
  out[8] = type;
  out[9] = tag;
  out[11] = data.length;
  out.set(data, 12);
  return out;
}

/** Makes the AuthCode of packets. */
export interface Signer {
  /** Bytes of the code. */
  readonly length: number;
  /** Writes the code over `signed`, which is AuthType … Next Header, into `out`. */
  sign(signed: Uint8Array, out: Buffer, at: number): void;
}

/** What an RMCP+ packet carries. */
export interface Outgoing20 {
  readonly payloadType: number;
  readonly sessionId: number;
  readonly sequence: number;
  /** Encrypted already when `encrypted`. */
  readonly payload: Uint8Array;
  readonly encrypted?: boolean;
  /** No trailer when absent. */
  readonly signer?: Signer | undefined;
}

/**
 * An RMCP+ packet (IPMI v2.0 table 13-8). The integrity pad makes AuthType … Next Header a multiple
 * of 4 bytes, is FFh, and is followed by its length and next header 07h.
 */
export function encodePacket20(packet: Outgoing20): Buffer {
  const { payload, signer } = packet;
  const end = HEADER_2_0 + payload.length;
  const padding = signer === undefined ? 0 : -(payload.length + 14) & 3;
  const signedEnd = signer === undefined ? end : end + padding + 2;
  const out = Buffer.allocUnsafe(signedEnd + (signer?.length ?? 0));
  writeRmcp(out, CLASS_IPMI);
  out[4] = AUTH_TYPE_RMCPP;
  out[5] = packet.payloadType | (packet.encrypted === true ? 0x80 : 0) | (signer === undefined ? 0 : 0x40);
  out.writeUInt32LE(packet.sessionId, 6);
  out.writeUInt32LE(packet.sequence, 10);
  out.writeUInt16LE(payload.length, 14);
  out.set(payload, HEADER_2_0);
  if (signer === undefined) return out;
  out.fill(0xff, end, end + padding);
  out[signedEnd - 2] = padding;
  out[signedEnd - 1] = NEXT_HEADER;
  signer.sign(out.subarray(4, signedEnd), out, signedEnd);
  return out;
}

/**
 * The signed range and the AuthCode of a received packet.
 * @throws MalformedError when the trailer is cut or inconsistent.
 */
export function splitTrailer(packet: Packet20, authLength: number): { signed: Buffer; authCode: Buffer } {
  const { datagram, payloadEnd } = packet;
  const codeAt = datagram.length - authLength;
  const padding = codeAt >= payloadEnd + 2 ? (datagram[codeAt - 2] ?? 0) : -1;
  if (padding < 0 || payloadEnd + padding + 2 !== codeAt || datagram[codeAt - 1] !== NEXT_HEADER) {
    throw new MalformedError('RMCP+ session trailer is cut or inconsistent');
  }
  return { signed: datagram.subarray(4, codeAt), authCode: datagram.subarray(codeAt) };
}

function writeRmcp(out: Buffer, messageClass: number): void {
  out[0] = RMCP_VERSION;
  out[1] = 0;
  out[2] = RMCP_NO_ACK;
  out[3] = messageClass;
}
