import type { Socket } from 'node:dgram';
import { CIPHER_SUITES, offers } from '../codec/cipher-suites.ts';
import type { CipherSuite } from '../codec/cipher-suites.ts';
import { IpmiError } from '../errors.ts';
import type { Call } from '../session/call.ts';
import { ClientSession } from '../session/client-session.ts';
import type { Credentials } from '../session/credentials.ts';
import { Handshake } from '../session/handshake.ts';
import type { AgreedSession, HandshakeResult, Silences } from '../session/handshake.ts';
import type { Neighbourhoods, RoundTrip } from '../session/rtt.ts';
import type { Remote, Transport } from '../session/transport.ts';
import { discoverSuites } from './discovery.ts';
import { mismatchError, refusalError, refusalKind } from './refusals.ts';

/** What opening a session needs. */
export interface OpenerOptions {
  readonly transport: Transport;
  readonly credentials: Credentials;
  /** Allowed suites, best first. */
  readonly suites: readonly CipherSuite[];
  readonly roundTrip: RoundTrip;
  readonly neighbourhoods: Neighbourhoods;
  readonly ignoreChecksum: boolean;
  readonly bmc: string;
  readonly log: (event: 'retransmit' | 'suite-fallback', detail: string) => void;
}

const FIRST_SLOT_WAIT_MS = 100;
const LONGEST_SLOT_WAIT_MS = 2_000;
const START_OVER_LIMIT = 5;

/** Opens sessions to one BMC and remembers which suite it takes. */
export class SessionOpener {
  readonly #options: OpenerOptions;
  #suites: readonly CipherSuite[];

  constructor(options: OpenerOptions) {
    this.#options = options;
    this.#suites = options.suites;
  }

  /**
   * Opens a session before the call's deadline: silence starts over, an exhausted BMC is waited
   * for, a refused suite leads to what the BMC lists.
   * @throws IpmiError `IpmiTimeout`, `IpmiAuthentication`, `IpmiCipherSuite`, `IpmiSessionsExhausted`, `IpmiAborted`
   */
  async open(call: Call, socket: Socket, remote: Remote): Promise<ClientSession> {
    this.#options.roundTrip.join(this.#options.neighbourhoods.of(remote.address));
    let suite = this.#suites[0];
    const silences: Silences = { 'Open Session': 0, 'RAKP 1': 0, 'RAKP 3': 0 };
    let slotWaits = 0;
    let startOvers = 0;
    while (suite !== undefined) {
      const result = await this.#handshake(call, { socket, remote, suite, silences });
      if (result.result === 'agreed') {
        call.hindrance = undefined;
        return this.#session(result, suite, { socket, remote });
      }
      if (result.result === 'silent') {
        this.#releaseOrphan(result, suite, { socket, remote });
        silences[result.step] += 1;
        call.check(`opening a session (${result.step} unanswered)`);
        this.#options.log('retransmit', `${result.step} unanswered, starting over`);
        continue;
      }
      if (result.result !== 'refused') throw mismatchError(this.#options.bmc, result.result);
      const refusal = refusalError(this.#options.bmc, result.step, result.status);
      const kind = refusalKind(result.step, result.status);
      if (kind === 'suite') {
        suite = await this.#nextSuite(call, { socket, remote, refused: suite, refusal });
      } else if (kind === 'exhausted') {
        call.hindrance = refusal;
        await this.#waitForSlot(call, slotWaits++);
      } else if (kind !== 'start-over' || startOvers++ >= START_OVER_LIMIT) throw refusal;
    }
    throw new IpmiError('IpmiCipherSuite', `${this.#options.bmc} has no allowed cipher suite`);
  }

  #handshake(
    call: Call,
    step: { socket: Socket; remote: Remote; suite: CipherSuite; silences: Silences },
  ): Promise<HandshakeResult> {
    const { transport, credentials, roundTrip } = this.#options;
    return new Handshake({ transport, credentials, roundTrip, call, ...step }).run();
  }

  #session(agreed: AgreedSession, suite: CipherSuite, path: { socket: Socket; remote: Remote }): ClientSession {
    const { transport, credentials, roundTrip, ignoreChecksum, log } = this.#options;
    return new ClientSession({
      transport,
      ...path,
      suite,
      agreed,
      password: credentials.kuid,
      roundTrip,
      ignoreChecksum,
      onRetransmit: (command, attempt) => log('retransmit', `${command}, try ${attempt + 1}`),
    });
  }

  /** RAKP 4 was lost: the BMC may hold a session that nobody uses, and its keys are known. */
  #releaseOrphan(
    result: Extract<HandshakeResult, { result: 'silent' }>,
    suite: CipherSuite,
    path: { socket: Socket; remote: Remote },
  ): void {
    if (result.orphan !== undefined) this.#session(result.orphan, suite, path).abandon();
  }

  /** The next allowed suite after a refusal: one that the BMC lists, or the next when it lists nothing. */
  async #nextSuite(
    call: Call,
    step: { socket: Socket; remote: Remote; refused: CipherSuite; refusal: IpmiError },
  ): Promise<CipherSuite> {
    const { transport, roundTrip, log, bmc } = this.#options;
    const listed = await discoverSuites({ transport, roundTrip, ...step }, call);
    const rest = this.#suites.filter((one) => one !== step.refused);
    const usable = listed === undefined ? rest : rest.filter((one) => listed.some((record) => offers(record, one)));
    const next = usable[0];
    if (next === undefined) {
      const names = listed?.map((record) => record.id).join(', ') ?? 'nothing';
      throw new IpmiError(
        'IpmiCipherSuite',
        `${step.refusal.message}; tried suites ${this.#options.suites.map(({ id }) => id).join(', ')}, ` +
          `the BMC lists ${names}. Name a suite in cipherSuites to allow it`,
        { bmc, rmcpStatus: step.refusal.rmcpStatus, cause: step.refusal },
      );
    }
    log('suite-fallback', `suite ${step.refused.id} refused, using ${next.id}`);
    this.#suites = usable;
    return next;
  }

  async #waitForSlot(call: Call, waits: number): Promise<void> {
    const wait = Math.min(LONGEST_SLOT_WAIT_MS, FIRST_SLOT_WAIT_MS * 2 ** waits);
    await call.sleep(wait * (1 + 0.2 * Math.random()));
    call.check('waiting for a free session');
  }
}

/**
 * The suites that `ids` name, in that order.
 * @throws IpmiError `IpmiInvalidArgument` for ids this library does not speak
 */
export function suitesById(ids: readonly number[]): CipherSuite[] {
  return ids.map((id) => {
    const suite = CIPHER_SUITES.get(id);
    if (suite === undefined) {
      throw new IpmiError(
        'IpmiInvalidArgument',
        `cipher suite ${id} is not spoken; choose from ${[...CIPHER_SUITES.keys()].join(', ')}`,
      );
    }
    return suite;
  });
}
