import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { MalformedError } from '../codec/bytes.ts';
import { PAYLOAD, decodePacket, encodeAsf, encodePacket15, encodePacket20 } from '../codec/packet.ts';
import type { Packet, Packet20 } from '../codec/packet.ts';
import type { BootFlagStore } from './boot-flag-store.ts';
import { Dispatcher } from './dispatcher.ts';
import { FaultLine, NO_FAULTS } from './fault-line.ts';
import type { BmcParts } from './handler.ts';
import { Login } from './login.ts';
import type { Faults, VirtualBmcOptions } from './options.ts';
import { createParts } from './parts.ts';
import type { Peer, ServerSession } from './server-session.ts';

const DEFAULTS = { host: '127.0.0.1', port: 623 };
const ASF_PING = 0x80;
const ASF_PONG = 0x40;
/** Pong data: enterprise number, OEM, entities (IPMI, ASF 1.0), interactions, reserved (IPMI v2.0 §13.2.4). */
const PONG = Uint8Array.of(0, 0, 0x11, 0xbe, 0, 0, 0, 0, 0x81, 0, 0, 0, 0, 0, 0, 0);

/** A BMC in software: RMCP+ over UDP in front of callbacks and plain data. */
export class VirtualBmc {
  /** Boot flags, written by the remote console, used up by the owner of the machine. */
  readonly bootFlags: BootFlagStore;
  /** Dials; change them at any time. */
  readonly faults: Faults;
  readonly #options: VirtualBmcOptions;
  readonly #bmc: BmcParts;
  readonly #login: Login;
  readonly #dispatcher: Dispatcher;
  readonly #line: FaultLine;
  #socket: Socket | undefined;

  /** @throws RangeError for secrets and texts that are too long and for suites that are not spoken. */
  constructor(options: VirtualBmcOptions) {
    const chance = options.chance ?? Math.random;
    this.#options = options;
    this.faults = { ...NO_FAULTS, ...options.faults };
    this.#bmc = createParts(options, {
      faults: this.faults,
      port: () => this.address.port,
      reset: (kind) => this.#reset(kind),
      send: (session, type, payload) => this.#reply(session, type, payload),
    });
    this.bootFlags = this.#bmc.bootFlags;
    this.#login = new Login(this.#bmc);
    this.#dispatcher = new Dispatcher(this.#bmc, chance);
    this.#line = new FaultLine(this.faults, chance);
  }

  /** Where it listens. @throws Error before `start`. */
  get address(): { host: string; port: number } {
    if (this.#socket === undefined) throw new Error('the virtual BMC is not started');
    const { address, port } = this.#socket.address();
    return { host: address, port };
  }

  /** Open sessions, for owners who wait until nobody is logged in. */
  get sessionCount(): number {
    return this.#bmc.sessions.open.length;
  }

  /** Begins to listen. @throws the socket's error, for example EADDRINUSE. */
  async start(): Promise<void> {
    if (this.#socket !== undefined) return;
    const host = this.#options.host ?? DEFAULTS.host;
    const family = isIPv6(host) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      lookup: (address, _options, done) => done(null, address, family),
    });
    socket.on('message', (datagram, from) => this.#line.incoming(() => this.receive(datagram, from)));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(this.#options.port ?? DEFAULTS.port, host, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    // An ICMP refusal from a console that went away must not end the process.
    socket.on('error', () => {});
    this.#socket = socket;
    this.#bmc.powerMeter?.start();
  }

  /** Ends all sessions and stops listening; boot flags and faults stay. */
  async stop(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    this.#line.stop();
    this.#bmc.bootOptions.stopTimeout();
    this.#bmc.watchdog.stop();
    this.#bmc.powerMeter?.stop();
    this.#bmc.sol.stop();
    this.#bmc.sessions.endAll();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  /** Forgets all passwords; the BMC is useless afterwards. */
  destroy(): void {
    this.#bmc.users.wipe();
    this.#bmc.channelKeys.wipe();
  }

  /** Takes one datagram, from the socket or a test; whatever cannot be read is dropped as a BMC does. */
  receive(datagram: Buffer, from: Peer): void {
    try {
      this.#take(decodePacket(datagram), from);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }

  #take(packet: Packet, from: Peer): void {
    if (packet.format === 'asf') {
      if (packet.type === ASF_PING) this.#send(encodeAsf(ASF_PONG, packet.tag, PONG), from);
    } else if (packet.format === '1.5') {
      if (packet.sessionId !== 0) return;
      this.#dispatcher.take(packet.payload, undefined, (response) => this.#send(encodePacket15(response), from));
    } else if (packet.sessionId === 0) this.#outsideSession(packet, from);
    else this.#inSession(packet, from);
  }

  #outsideSession(packet: Packet20, from: Peer): void {
    const send = (payloadType: number, payload: Uint8Array): void =>
      this.#send(encodePacket20({ payloadType, sessionId: 0, sequence: 0, payload }), from);
    if (packet.payloadType === PAYLOAD.ipmi) {
      this.#dispatcher.take(packet.payload, undefined, (response) => send(PAYLOAD.ipmi, response));
      return;
    }
    const answer = this.#login.answer(packet.payloadType, packet.payload, from);
    if (answer !== undefined) send(answer.payloadType, answer.payload);
  }

  #inSession(packet: Packet20, from: Peer): void {
    const session = this.#bmc.sessions.get(packet.sessionId);
    if (session?.cipher === undefined) return;
    const payload = session.cipher.open(packet);
    if (payload === undefined) return;
    session.timer.refresh();
    session.peer = from;
    if (packet.payloadType === PAYLOAD.sol) session.onSol?.(payload);
    else if (packet.payloadType === PAYLOAD.ipmi) {
      this.#dispatcher.take(payload, session, (response) => this.#reply(session, PAYLOAD.ipmi, response));
    }
  }

  #reply(session: ServerSession, payloadType: number, payload: Uint8Array): void {
    // A slow command may outlive its session.
    if (session.cipher === undefined || this.#bmc.sessions.get(session.id) !== session) return;
    this.#send(session.cipher.seal(payloadType, payload), session.peer);
  }

  #send(datagram: Buffer, to: Peer): void {
    this.#line.outgoing(() => {
      // Refusals by the local stack are losses, which Node drops without a callback: the console sends again.
      this.#socket?.send(datagram, to.port, to.address);
    });
  }

  #reset(kind: 'warm' | 'cold'): void {
    setImmediate(() => {
      this.#bmc.sol.stop();
      this.#bmc.sessions.endAll();
      this.#bmc.channelAccess.reset();
      this.#options.onBmcReset?.(kind);
    });
  }
}
