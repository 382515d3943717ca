import type { Socket } from 'node:dgram';
import { MalformedError } from '../codec/bytes.ts';
import type { CipherSuite } from '../codec/cipher-suites.ts';
import { encode } from '../codec/layout.ts';
import { BMC_ADDRESS, CONSOLE_ADDRESS, decodeResponse, encodeRequest } from '../codec/message.ts';
import type { ResponseMessage } from '../codec/message.ts';
import { bridged, unbridged } from '../codec/bridge.ts';
import type { BridgeRoute } from '../codec/bridge.ts';
import { PAYLOAD } from '../codec/packet.ts';
import type { Packet20 } from '../codec/packet.ts';
import { closeSession } from '../commands/close-session.ts';
import type { Call } from './call.ts';
import { SessionCipher } from './cipher.ts';
import type { AgreedSession } from './handshake.ts';
import { randomSlice } from './random.ts';
import type { RoundTrip } from './rtt.ts';
import type { Remote, Transport } from './transport.ts';

/** One request to a BMC. */
export interface Ask {
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
  readonly lun?: number;
  /** Where to pass it on to; default the BMC itself. */
  readonly bridge?: BridgeRoute | undefined;
  /** How often it may be sent; 1 for commands that must not be repeated. */
  readonly tries: number;
  /** Wait for the single try of a command that must not be repeated. */
  readonly patienceMs?: number;
}

/** What came back. */
export interface Answer {
  readonly completionCode: number;
  readonly data: Uint8Array;
}

/** What an open session needs of its surroundings. */
export interface ClientSessionOptions {
  readonly transport: Transport;
  readonly socket: Socket;
  readonly remote: Remote;
  readonly suite: CipherSuite;
  readonly agreed: AgreedSession;
  /** Padded password, for MD5-128. */
  readonly password: Uint8Array;
  readonly roundTrip: RoundTrip;
  readonly ignoreChecksum: boolean;
  readonly onRetransmit: (command: string, attempt: number) => void;
}

const CLOSE_TRIES = 2;
const SEQUENCES = 64;

/** An open RMCP+ session: one request at a time, plus SOL payloads. */
export class ClientSession {
  readonly suite: CipherSuite;
  readonly guid: Uint8Array;
  /** Present privilege number; sessions begin at user (IPMI v2.0 §6.8). */
  privilege = 2;
  /** Gets SOL payloads. */
  onSol: ((payload: Uint8Array) => void) | undefined;
  /** When the BMC last said something, on the `performance` clock. */
  lastHeard = performance.now();
  readonly #options: ClientSessionOptions;
  readonly #cipher: SessionCipher;
  readonly #waiting = new Map<number, (answer: ResponseMessage) => void>();
  #rqSeq = 0;
  #open = true;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.suite = options.suite;
    this.guid = options.agreed.guid;
    this.#cipher = new SessionCipher({
      suite: options.suite,
      keys: options.agreed.keys,
      password: options.password,
      peerSessionId: options.agreed.bmcSessionId,
      nonce: () => randomSlice(16),
    });
    const { transport, remote, agreed } = options;
    transport.unlisten(agreed.sessionId);
    transport.listen(agreed.sessionId, remote, (packet) => this.#receive(packet));
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Id that the BMC gave, for Close Session and Get Session Info. */
  get bmcSessionId(): number {
    return this.#options.agreed.bmcSessionId;
  }

  /**
   * Sends a request, again with a new session sequence number and the same rqSeq when nothing
   * comes back, and gives the answer; undefined when all tries went unanswered.
   */
  async ask(call: Call, ask: Ask): Promise<Answer | undefined> {
    const rqSeq = (this.#rqSeq = (this.#rqSeq + 1) % SEQUENCES);
    const direct = {
      rsAddr: BMC_ADDRESS,
      netFn: ask.netFn,
      rsLun: ask.lun ?? 0,
      rqAddr: CONSOLE_ADDRESS,
      rqSeq,
      rqLun: 0,
      cmd: ask.cmd,
      data: ask.data,
    };
    const message = encodeRequest(ask.bridge === undefined ? direct : bridged(direct, ask.bridge));
    for (let attempt = 0; attempt < ask.tries && this.#open && call.remainingMs > 0; attempt++) {
      if (attempt > 0) this.#options.onRetransmit(call.command, attempt);
      const answer = await this.#try(call, ask, { rqSeq, message, attempt });
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  /** Sends a SOL payload; lost ones are the sender's business. */
  sendSol(payload: Uint8Array): void {
    if (this.#open) this.#send(PAYLOAD.sol, payload);
  }

  /** Tells the BMC to free the session, waits a little for its answer, and forgets the keys. */
  async close(call: Call): Promise<void> {
    if (!this.#open) return;
    try {
      await this.ask(call, {
        netFn: closeSession.netFn,
        cmd: closeSession.cmd,
        data: encode(closeSession.request, { sessionId: this.bmcSessionId }),
        tries: CLOSE_TRIES,
      });
    } finally {
      this.drop();
    }
  }

  /** Sends Close Session once without waiting: for sessions that seem dead. */
  abandon(): void {
    if (!this.#open) return;
    this.#rqSeq = (this.#rqSeq + 1) % SEQUENCES;
    const data = encode(closeSession.request, { sessionId: this.bmcSessionId });
    this.#send(
      PAYLOAD.ipmi,
      encodeRequest({
        rsAddr: BMC_ADDRESS,
        netFn: closeSession.netFn,
        rsLun: 0,
        rqAddr: CONSOLE_ADDRESS,
        rqSeq: this.#rqSeq,
        rqLun: 0,
        cmd: closeSession.cmd,
        data,
      }),
    );
    this.drop();
  }

  /** Forgets the session without a word to the BMC. */
  drop(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#options.transport.unlisten(this.#options.agreed.sessionId);
    this.#cipher.destroy();
    this.#waiting.clear();
  }

  async #try(
    call: Call,
    ask: Ask,
    sending: { rqSeq: number; message: Buffer; attempt: number },
  ): Promise<Answer | undefined> {
    const { roundTrip } = this.#options;
    const { rqSeq, message, attempt } = sending;
    const started = performance.now();
    const answer = await call.wait<Answer>(ask.patienceMs ?? roundTrip.waitMs(attempt), (done) => {
      this.#waiting.set(rqSeq, (response) => {
        const answered = ask.bridge === undefined ? response : unbridged(response);
        if (answered?.cmd === ask.cmd && answered.netFn === ask.netFn) done(answered);
        else if (answered !== undefined && answered.completionCode !== 0) done(answered);
      });
      this.#send(PAYLOAD.ipmi, message);
      return () => this.#waiting.delete(rqSeq);
    });
    if (answer !== undefined && attempt === 0) roundTrip.measured(performance.now() - started);
    return answer;
  }

  #send(payloadType: number, payload: Uint8Array): void {
    const { transport, socket, remote } = this.#options;
    transport.send(socket, remote, this.#cipher.seal(payloadType, payload));
  }

  #receive(packet: Packet20): void {
    try {
      const payload = this.#cipher.open(packet);
      if (payload === undefined) return;
      this.lastHeard = performance.now();
      if (packet.payloadType === PAYLOAD.sol) this.onSol?.(payload);
      else if (packet.payloadType === PAYLOAD.ipmi) this.#answered(payload);
    } catch (error) {
      // Forged, stale or mangled: as if it had never come.
      if (!(error instanceof MalformedError)) throw error;
    }
  }

  #answered(payload: Buffer): void {
    const response = decodeResponse(payload, this.#options.ignoreChecksum);
    this.#waiting.get(response.rqSeq)?.(response);
  }
}
