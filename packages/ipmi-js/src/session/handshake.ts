import type { Socket } from 'node:dgram';
import { MalformedError } from '../codec/bytes.ts';
import type { CipherSuite } from '../codec/cipher-suites.ts';
import { decodeOpenSessionResponse, encodeOpenSessionRequest } from '../codec/open-session.ts';
import type { OpenSessionResponse } from '../codec/open-session.ts';
import { PAYLOAD, encodePacket20 } from '../codec/packet.ts';
import type { Packet20 } from '../codec/packet.ts';
import { decodeRakp2, decodeRakp34, encodeRakp1, encodeRakp34 } from '../codec/rakp.ts';
import type { Rakp2, Rakp34 } from '../codec/rakp.ts';
import { STATUS } from '../codec/rmcp-status.ts';
import { sameCode } from './algorithms.ts';
import type { Call } from './call.ts';
import type { Credentials } from './credentials.ts';
import { deriveKeys, rakp2Code, rakp3Code, rakp4Code, wipe } from './keys.ts';
import type { RakpFacts, SessionKeys } from './keys.ts';
import { randomSessionId, randomSlice } from './random.ts';
import type { RoundTrip } from './rtt.ts';
import type { Remote, Transport } from './transport.ts';

/** Steps of a handshake, as its results name them. */
export type HandshakeStep = 'Open Session' | 'RAKP 1' | 'RAKP 3';

/**
 * How often each step went unanswered in the handshakes before; lengthens its wait. Kept apart for each step:
 * one datagram lost here and another there is no sign of a slow BMC, but one that takes its time over RAKP
 * must get that time.
 */
export type Silences = Record<HandshakeStep, number>;

/** What a handshake needs of its surroundings. */
export interface HandshakeOptions {
  readonly transport: Transport;
  readonly socket: Socket;
  readonly remote: Remote;
  readonly credentials: Credentials;
  readonly suite: CipherSuite;
  readonly roundTrip: RoundTrip;
  readonly silences: Readonly<Silences>;
  readonly call: Call;
}

/** An agreed session; `sessionId` stays registered at the transport. */
export interface AgreedSession {
  readonly result: 'agreed';
  readonly sessionId: number;
  readonly bmcSessionId: number;
  readonly guid: Uint8Array;
  readonly keys: SessionKeys;
}

/** How a handshake may end. */
export type HandshakeResult =
  | AgreedSession
  /** The BMC said nothing; after RAKP 3 it may hold a session, whose keys are known. */
  | { readonly result: 'silent'; readonly step: HandshakeStep; readonly orphan?: AgreedSession }
  | { readonly result: 'refused'; readonly step: HandshakeStep; readonly status: number }
  /** RAKP 2 does not fit the password. */
  | { readonly result: 'wrong-password' }
  /** RAKP 4 does not fit: the BMC key Kg differs, or somebody else answers. */
  | { readonly result: 'wrong-kg' };

interface Exchange<T> {
  readonly step: HandshakeStep;
  readonly request: number;
  readonly payload: Uint8Array;
  readonly response: number;
  readonly decode: (payload: Buffer) => T;
}

let nextTag = 0;

/**
 * One try of Open Session and RAKP 1–4 (IPMI v2.0 §13.15–13.23) with ids, random numbers and a tag
 * of its own. Nothing is sent twice: BMCs dislike repeated RAKP messages, so after silence the
 * caller starts over.
 */
export class Handshake {
  readonly #options: HandshakeOptions;
  readonly #sessionId: number;
  readonly #tag: number;
  #waiting: ((packet: Packet20) => void) | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#tag = nextTag = (nextTag + 1) & 0xff;
    let sessionId;
    do {
      sessionId = randomSessionId();
    } while (!options.transport.listen(sessionId, options.remote, (packet) => this.#waiting?.(packet)));
    this.#sessionId = sessionId;
  }

  /** Runs the handshake; rejects only when the call was aborted. */
  async run(): Promise<HandshakeResult> {
    const { transport, remote } = this.#options;
    let kept = false;
    // ipmi_sim's short refusals name no session.
    const stopPlain = transport.listenPlain(remote, (packet) => {
      if (packet.format === '2.0') this.#waiting?.(packet);
    });
    try {
      const result = await this.#steps();
      kept = result.result === 'agreed';
      return result;
    } finally {
      stopPlain();
      if (!kept) transport.unlisten(this.#sessionId);
    }
  }

  async #steps(): Promise<HandshakeResult> {
    const { credentials } = this.#options;
    const opened = await this.#openSession();
    if (opened === undefined) return { result: 'silent', step: 'Open Session' };
    if (opened.status !== 0) return { result: 'refused', step: 'Open Session', status: opened.status };
    // Some BMCs (pyghmi's) agree to other algorithms than were asked for: that is a refusal.
    if (!agrees(opened, this.#options.suite)) {
      return { result: 'refused', step: 'Open Session', status: STATUS.noCipherSuiteMatch };
    }
    const consoleRandom = randomSlice(16);
    const bmcSessionId = opened.bmcSessionId ?? 0;
    const second = await this.#rakp1(bmcSessionId, consoleRandom);
    if (second === undefined) return { result: 'silent', step: 'RAKP 1' };
    if (second.status !== 0) return { result: 'refused', step: 'RAKP 1', status: second.status };
    const facts: RakpFacts = {
      auth: this.#options.suite.auth,
      consoleSessionId: this.#sessionId,
      bmcSessionId,
      consoleRandom,
      bmcRandom: second.bmcRandom ?? new Uint8Array(16),
      guid: second.guid ?? new Uint8Array(16),
      role: credentials.hashedRole,
      userName: credentials.userName,
    };
    if (!sameCode(rakp2Code(facts, credentials.kuid), second.authCode ?? new Uint8Array())) {
      return { result: 'wrong-password' };
    }
    return this.#prove(facts);
  }

  /** RAKP 3 and 4. */
  async #prove(facts: RakpFacts): Promise<HandshakeResult> {
    const { credentials } = this.#options;
    const keys = deriveKeys(facts, credentials.kg);
    const agreed: AgreedSession = {
      result: 'agreed',
      sessionId: this.#sessionId,
      bmcSessionId: facts.bmcSessionId,
      guid: facts.guid,
      keys,
    };
    const fourth = await this.#rakp3(facts);
    if (fourth === undefined) return { result: 'silent', step: 'RAKP 3', orphan: agreed };
    if (fourth.status === 0 && sameCode(rakp4Code(facts, keys.sik), fourth.authCode)) return agreed;
    wipe(keys.sik, keys.k1, keys.k2);
    if (fourth.status === 0) return { result: 'wrong-kg' };
    return { result: 'refused', step: 'RAKP 3', status: fourth.status };
  }

  #openSession(): Promise<OpenSessionResponse | undefined> {
    const { suite, credentials } = this.#options;
    return this.#exchange({
      step: 'Open Session',
      request: PAYLOAD.openSessionRequest,
      response: PAYLOAD.openSessionResponse,
      payload: encodeOpenSessionRequest({
        tag: this.#tag,
        privilege: credentials.openPrivilege,
        consoleSessionId: this.#sessionId,
        auth: suite.auth,
        integrity: suite.integrity,
        confidentiality: suite.confidentiality,
      }),
      decode: decodeOpenSessionResponse,
    });
  }

  #rakp1(bmcSessionId: number, consoleRandom: Uint8Array): Promise<Rakp2 | undefined> {
    const { credentials } = this.#options;
    return this.#exchange({
      step: 'RAKP 1',
      request: PAYLOAD.rakp1,
      response: PAYLOAD.rakp2,
      payload: encodeRakp1({
        tag: this.#tag,
        bmcSessionId,
        consoleRandom,
        role: credentials.role,
        userName: credentials.userName,
      }),
      decode: decodeRakp2,
    });
  }

  #rakp3(facts: RakpFacts): Promise<Rakp34 | undefined> {
    return this.#exchange({
      step: 'RAKP 3',
      request: PAYLOAD.rakp3,
      response: PAYLOAD.rakp4,
      payload: encodeRakp34({
        tag: this.#tag,
        status: 0,
        sessionId: facts.bmcSessionId,
        authCode: rakp3Code(facts, this.#options.credentials.kuid),
      }),
      decode: decodeRakp34,
    });
  }

  /** Sends once and waits for the answer with our tag; undefined after silence. */
  async #exchange<T>(exchange: Exchange<T>): Promise<T | undefined> {
    const { transport, socket, remote, roundTrip, silences, call } = this.#options;
    const datagram = encodePacket20({
      payloadType: exchange.request,
      sessionId: 0,
      sequence: 0,
      payload: exchange.payload,
    });
    const started = performance.now();
    const answer = await call.wait<T>(roundTrip.waitMs(silences[exchange.step]), (done) => {
      this.#waiting = (packet) => {
        if (packet.payloadType !== exchange.response || packet.payload[0] !== this.#tag) return;
        const decoded = tryDecode(exchange.decode, packet.payload);
        if (decoded !== undefined) done(decoded);
      };
      transport.send(socket, remote, datagram);
      return () => (this.#waiting = undefined);
    });
    if (answer !== undefined) roundTrip.measured(performance.now() - started);
    return answer;
  }
}

const agrees = (opened: OpenSessionResponse, asked: CipherSuite): boolean =>
  opened.auth === asked.auth &&
  opened.integrity === asked.integrity &&
  opened.confidentiality === asked.confidentiality;

/** A mangled answer counts as lost: the right one may still come. */
function tryDecode<T>(decodeFrom: (payload: Buffer) => T, payload: Buffer): T | undefined {
  try {
    return decodeFrom(payload);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
