import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { decodePacket } from '../codec/packet.ts';
import type { Packet, Packet20 } from '../codec/packet.ts';

/** A resolved BMC address. */
export interface Remote {
  /** Canonical literal, as the socket reports senders. */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  /** Which of the sockets of the family it is spoken to by. */
  readonly lane: number;
}

/** Gets the packets for one session id. */
export type SessionReceiver = (packet: Packet20) => void;
/** Gets the packets from one address that name no session. */
export type PlainReceiver = (packet: Packet) => void;

interface Listener {
  readonly remote: Remote;
  readonly receive: SessionReceiver;
}

const BUFFER_BYTES = 4 << 20;

const plainKey = (address: string, port: number): string => `${address}|${port}`;

/** A few UDP sockets shared by all BMCs; datagrams find their session by id and sender. */
export class Transport {
  readonly #lanes: number;
  readonly #localAddress: string | undefined;
  readonly #sockets = new Map<string, Promise<Socket>>();
  readonly #sessions = new Map<number, Listener>();
  readonly #plain = new Map<string, Set<PlainReceiver>>();
  #closed = false;

  constructor(options: { lanes: number; localAddress: string | undefined }) {
    this.#lanes = options.lanes;
    this.#localAddress = options.localAddress;
  }

  /** How many sockets each family has. */
  get lanes(): number {
    return this.#lanes;
  }

  /** Session ids in use, for tests of leaks. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Opens the socket that `remote` needs; call it before {@link socket}. */
  ready(remote: Remote): Promise<Socket> {
    const key = `${remote.family}/${remote.lane}`;
    const known = this.#sockets.get(key);
    if (known !== undefined) return known;
    if (this.#closed) return Promise.reject(new Error('the client is closed'));
    const opening = this.#open(remote.family);
    this.#sockets.set(key, opening);
    opening.catch(() => this.#sockets.delete(key));
    return opening;
  }

  /**
   * Sends a datagram. A local refusal (no route, full buffer) counts as loss: without a callback Node drops it,
   * and nothing is allocated for telling.
   */
  send(socket: Socket, remote: Remote, datagram: Uint8Array): void {
    if (!this.#closed) socket.send(datagram, remote.port, remote.address);
  }

  /** Delivers packets that carry `sessionId` and come from `remote`. False when the id is taken. */
  listen(sessionId: number, remote: Remote, receive: SessionReceiver): boolean {
    if (this.#sessions.has(sessionId)) return false;
    this.#sessions.set(sessionId, { remote, receive });
    return true;
  }

  unlisten(sessionId: number): void {
    this.#sessions.delete(sessionId);
  }

  /** Delivers session-less packets from `remote`; returns what ends it. */
  listenPlain(remote: Remote, receive: PlainReceiver): () => void {
    const key = plainKey(remote.address, remote.port);
    const receivers = this.#plain.get(key) ?? new Set();
    this.#plain.set(key, receivers.add(receive));
    return () => {
      receivers.delete(receive);
      if (receivers.size === 0) this.#plain.delete(key);
    };
  }

  /** Closes all sockets. */
  async close(): Promise<void> {
    this.#closed = true;
    const sockets = await Promise.allSettled(this.#sockets.values());
    this.#sockets.clear();
    for (const opened of sockets) if (opened.status === 'fulfilled') opened.value.close();
  }

  /** Takes one datagram, from a socket or a test. */
  receive(datagram: Buffer, from: Pick<RemoteInfo, 'address' | 'port'>): void {
    let packet;
    try {
      packet = decodePacket(datagram);
    } catch {
      // Anybody can send anything to a UDP port: what does not parse is not for us.
      return;
    }
    if (packet.format === '2.0' && namesSession(packet)) this.#deliver(packet, from);
    else for (const receive of this.#plain.get(plainKey(from.address, from.port)) ?? []) receive(packet);
  }

  #deliver(packet: Packet20, from: Pick<RemoteInfo, 'address' | 'port'>): void {
    const sessionId = packet.sessionId === 0 ? consoleIdOf(packet) : packet.sessionId;
    const listener = this.#sessions.get(sessionId);
    if (listener === undefined) return;
    if (listener.remote.port !== from.port || listener.remote.address !== from.address) return;
    listener.receive(packet);
  }

  async #open(family: 4 | 6): Promise<Socket> {
    const socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      recvBufferSize: BUFFER_BYTES,
      sendBufferSize: BUFFER_BYTES,
      // Addresses are literals here; the default look-up would cost a tick for each datagram.
      lookup: (address, _options, done) => done(null, address, family),
    });
    socket.on('message', (datagram, from) => this.receive(datagram, from));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ port: 0, ...(this.#localAddress === undefined ? {} : { address: this.#localAddress }) }, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    // An ICMP refusal or a local fault must not end the process: the retransmission timer deals with it.
    socket.on('error', () => {});
    return socket;
  }
}

/** OpenIPMI's ipmi_sim refuses Open Session with tag and status only, without the console's id. */
const namesSession = (packet: Packet20): boolean => packet.sessionId !== 0 || packet.payload.length >= 8;

/** Session-establishment packets carry session id 0; the console's id stands at byte 4 of the payload. */
const consoleIdOf = (packet: Packet20): number => packet.payload.readUInt32LE(4);
