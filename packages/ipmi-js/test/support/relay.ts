import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { PAYLOAD, decodePacket, encodePacket20 } from '../../src/codec/packet.ts';
import type { Packet, Packet20 } from '../../src/codec/packet.ts';

/** Who sent a datagram. */
export type Side = 'console' | 'bmc';

/** A datagram that reached the relay. */
export interface Seen {
  readonly from: Side;
  readonly datagram: Buffer;
  readonly packet: Packet;
}

/** What becomes of a datagram: the ones to pass on in its place; undefined passes it on as it is. */
export type Rule = (seen: Seen) => readonly Uint8Array[] | undefined;

/** A relay between a console and a BMC that sees, drops, changes and adds datagrams. */
export interface Relay {
  readonly port: number;
  readonly seen: Seen[];
  rule: Rule;
  /** Sends to the console from another port than the BMC's. */
  readonly spoof: (datagram: Uint8Array) => void;
  readonly stop: () => Promise<void>;
}

const HOST = '127.0.0.1';

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, HOST, resolve));
  return socket;
}

/** Starts a relay in front of a BMC on loopback. */
export async function aRelay(bmcPort: number): Promise<Relay> {
  const [front, back, stranger] = await Promise.all([bound(), bound(), bound()]);
  let consolePort = 0;
  const relay: Relay = {
    port: front.address().port,
    seen: [],
    rule: () => undefined,
    spoof: (datagram) => stranger.send(datagram, consolePort, HOST),
    stop: async () => {
      const sockets = [front, back, stranger];
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
    },
  };
  const pass = (from: Side, datagram: Buffer, send: (passed: Uint8Array) => void): void => {
    const seen: Seen = { from, datagram, packet: decodePacket(datagram) };
    relay.seen.push(seen);
    for (const passed of relay.rule(seen) ?? [datagram]) send(passed);
  };
  front.on('message', (datagram, { port }) => {
    consolePort = port;
    pass('console', datagram, (passed) => back.send(passed, bmcPort, HOST));
  });
  back.on('message', (datagram) => pass('bmc', datagram, (passed) => front.send(passed, consolePort, HOST)));
  return relay;
}

/** The RMCP+ packets of one side with this payload type, in order. */
export function packets(relay: Relay, from: Side, payloadType: number): Packet20[] {
  return relay.seen
    .filter((one) => one.from === from)
    .map(({ packet }) => packet)
    .filter((packet): packet is Packet20 => packet.format === '2.0' && packet.payloadType === payloadType);
}

/** The IPMI messages of one side; only suites without confidentiality show them. */
export const messages = (relay: Relay, from: Side): Buffer[] =>
  packets(relay, from, PAYLOAD.ipmi).map(({ payload }) => payload);

/** True for the RMCP+ packets of one side with this payload type. */
export const is = (seen: Seen, from: Side, payloadType: number): seen is Seen & { packet: Packet20 } =>
  seen.from === from && seen.packet.format === '2.0' && seen.packet.payloadType === payloadType;

/** The same packet with another payload; only for packets without AuthCode. */
export function withPayload({ payloadType, sessionId, sequence }: Packet20, payload: Uint8Array): Buffer {
  return encodePacket20({ payloadType, sessionId, sequence, payload });
}

/** A copy with some bytes changed. */
export function patched(payload: Uint8Array, bytes: Readonly<Record<number, number>>): Buffer {
  const copy = Buffer.from(payload);
  for (const [at, byte] of Object.entries(bytes)) copy[Number(at)] = byte;
  return copy;
}

/** Makes a rule that applies to the first datagram for which it returns something. */
export function once(rule: Rule): Rule {
  let done = false;
  return (seen) => {
    const passed = done ? undefined : rule(seen);
    done ||= passed !== undefined;
    return passed;
  };
}
