import { MalformedError } from '../codec/bytes.ts';
import type { CipherSuite } from '../codec/cipher-suites.ts';
import { decodeOpenSessionRequest, encodeOpenSessionResponse } from '../codec/open-session.ts';
import { PAYLOAD } from '../codec/packet.ts';
import { decodeRakp1, decodeRakp34, encodeRakp2, encodeRakp34 } from '../codec/rakp.ts';
import { STATUS } from '../codec/rmcp-status.ts';
import { sameCode } from '../session/algorithms.ts';
import { SessionCipher } from '../session/cipher.ts';
import { deriveKeys, rakp2Code, rakp3Code, rakp4Code } from '../session/keys.ts';
import type { RakpFacts } from '../session/keys.ts';
import { randomSlice } from '../session/random.ts';
import type { ChannelAccess } from './channel-access.ts';
import type { ChannelKeys } from './channel-keys.ts';
import type { Faults } from './options.ts';
import type { Peer, ServerSession } from './server-session.ts';
import type { SessionTable } from './session-table.ts';
import { hasAccess } from './users.ts';
import type { UserTable } from './users.ts';

/** What logging in needs of the virtual BMC. */
export interface LoginOptions {
  readonly sessions: SessionTable;
  readonly users: UserTable;
  readonly suites: readonly CipherSuite[];
  readonly guid: Uint8Array;
  readonly channelKeys: ChannelKeys;
  readonly channelAccess: ChannelAccess;
  readonly faults: Faults;
}

/** An answer to a session-establishment payload. */
export interface LoginAnswer {
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

const ROLE_MASK = 0x0f;
const FIRST_PRIVILEGE = 2;

/** The BMC's side of Open Session and RAKP 1–4 (IPMI v2.0 §13.17–13.23). */
export class Login {
  readonly #options: LoginOptions;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /** Answers one payload; undefined for payloads that deserve none. */
  answer(payloadType: number, payload: Uint8Array, peer: Peer): LoginAnswer | undefined {
    if (!this.#options.channelAccess.isOpen) return undefined;
    if (payloadType === PAYLOAD.openSessionRequest) return this.#openSession(payload, peer);
    if (payloadType === PAYLOAD.rakp1) return this.#rakp1(payload);
    if (payloadType === PAYLOAD.rakp3) return this.#rakp3(payload);
    return undefined;
  }

  #openSession(payload: Uint8Array, peer: Peer): LoginAnswer {
    const { sessions, suites, faults } = this.#options;
    const asked = decodeOpenSessionRequest(payload);
    const { tag, consoleSessionId } = asked;
    const refuse = (status: number): LoginAnswer => ({
      payloadType: PAYLOAD.openSessionResponse,
      payload: encodeOpenSessionResponse({ tag, status, privilege: 0, consoleSessionId }),
    });
    // The whole triple must be a suite: three allowed algorithms may make a forbidden one.
    const suite = suites.find(
      (one) =>
        one.auth === asked.auth && one.integrity === asked.integrity && one.confidentiality === asked.confidentiality,
    );
    if (suite === undefined) return refuse(STATUS.noCipherSuiteMatch);
    if (faults.noSessions || sessions.isFull) return refuse(STATUS.insufficientResources);
    const session = sessions.begin(consoleSessionId, suite, peer);
    const { auth, integrity, confidentiality } = suite;
    return {
      payloadType: PAYLOAD.openSessionResponse,
      payload: encodeOpenSessionResponse({
        tag,
        status: STATUS.ok,
        privilege: asked.privilege === 0 ? 4 : asked.privilege,
        consoleSessionId,
        bmcSessionId: session.id,
        auth,
        integrity,
        confidentiality,
      }),
    };
  }

  #rakp1(payload: Uint8Array): LoginAnswer | undefined {
    const { sessions, guid } = this.#options;
    const asked = decodeRakp1(payload);
    const session = sessions.get(asked.bmcSessionId);
    if (session === undefined || session.cipher !== undefined) return undefined;
    const facts: RakpFacts = {
      auth: session.suite.auth,
      consoleSessionId: session.consoleSessionId,
      bmcSessionId: session.id,
      consoleRandom: asked.consoleRandom,
      bmcRandom: Buffer.from(randomSlice(16)),
      guid,
      role: asked.role,
      userName: asked.userName,
    };
    const status = this.#checkUser(session, facts);
    const head = { tag: asked.tag, status, consoleSessionId: session.consoleSessionId };
    const body =
      status === STATUS.ok && session.account !== undefined
        ? { bmcRandom: facts.bmcRandom, guid, authCode: rakp2Code(facts, session.account.password) }
        : {};
    if (status !== STATUS.ok) sessions.end(session);
    return { payloadType: PAYLOAD.rakp2, payload: encodeRakp2({ ...head, ...body }) };
  }

  #checkUser(session: ServerSession, facts: RakpFacts): number {
    const { users, channelAccess } = this.#options;
    const account = users.byName(facts.userName);
    if (account === undefined) return STATUS.unauthorizedName;
    const role = facts.role & ROLE_MASK;
    const limit = hasAccess(account) ? Math.min(account.privilege, channelAccess.limit) : 0;
    if (role === 0 || role > limit) return STATUS.unauthorizedRole;
    session.account = account;
    session.facts = facts;
    session.maxPrivilege = role;
    return STATUS.ok;
  }

  #rakp3(payload: Uint8Array): LoginAnswer | undefined {
    const { sessions } = this.#options;
    const proof = decodeRakp34(payload);
    const session = sessions.get(proof.sessionId);
    if (session === undefined) return rakp4(proof.tag, 0, STATUS.invalidSessionId);
    if (session.finalAnswer !== undefined) {
      return { payloadType: PAYLOAD.rakp4, payload: session.finalAnswer };
    }
    const { facts, account } = session;
    if (facts === undefined || account === undefined) throw new MalformedError('RAKP 3 before RAKP 1');
    const refuse = (status: number): LoginAnswer => {
      sessions.end(session);
      return rakp4(proof.tag, session.consoleSessionId, status);
    };
    if (proof.status !== STATUS.ok) {
      sessions.end(session);
      return undefined;
    }
    if (!sameCode(rakp3Code(facts, account.password), proof.authCode)) return refuse(STATUS.invalidIntegrityCheck);
    if (sessions.isFull) return refuse(STATUS.insufficientResources);
    return this.#activate(session, facts, proof.tag);
  }

  #activate(session: ServerSession, facts: RakpFacts, tag: number): LoginAnswer {
    const { channelKeys, sessions } = this.#options;
    const password = session.account?.password ?? Buffer.alloc(20);
    const keys = deriveKeys(facts, channelKeys.kg ?? password);
    const answer = encodeRakp34({
      tag,
      status: STATUS.ok,
      sessionId: session.consoleSessionId,
      authCode: rakp4Code(facts, keys.sik),
    });
    session.cipher = new SessionCipher({
      suite: session.suite,
      keys,
      password,
      peerSessionId: session.consoleSessionId,
      nonce: () => randomSlice(16),
    });
    session.privilege = Math.min(FIRST_PRIVILEGE, session.maxPrivilege);
    session.finalAnswer = answer;
    sessions.activate(session);
    return { payloadType: PAYLOAD.rakp4, payload: answer };
  }
}

const rakp4 = (tag: number, sessionId: number, status: number): LoginAnswer => ({
  payloadType: PAYLOAD.rakp4,
  payload: encodeRakp34({ tag, status, sessionId, authCode: new Uint8Array() }),
});
