import { CC, describeCompletion } from '../codec/completion-codes.ts';
import { encode } from '../codec/layout.ts';
import { IpmiError } from '../errors.ts';
import { getDeviceId } from '../commands/get-device-id.ts';
import { setSessionPrivilegeLevel } from '../commands/set-session-privilege-level.ts';
import { Call } from '../session/call.ts';
import type { ClientSession } from '../session/client-session.ts';
import type { Remote, Transport } from '../session/transport.ts';
import type { ClientEvent } from './options.ts';
import { resolveRemote } from './resolve.ts';
import type { SessionOpener } from './session-opener.ts';
import type { Turn } from './turn.ts';

/** What keeping a session needs. */
export interface KeeperOptions {
  readonly transport: Transport;
  readonly opener: SessionOpener;
  readonly turn: Turn;
  readonly host: string;
  readonly port: number;
  readonly lane: number;
  /** `host:port`. */
  readonly bmc: string;
  /** Highest privilege number to raise the session to. */
  readonly privilege: number;
  readonly keepAliveMs: number;
  readonly idleCloseMs: number;
  readonly log: (event: ClientEvent['event'], detail: string) => void;
  /** Called when an open session is given up. */
  readonly onLost?: (detail: string) => void;
}

const KEEP_ALIVE_DEADLINE_MS = 5_000;
const CLOSE_DEADLINE_MS = 2_000;
const KEEP_ALIVE_TRIES = 4;

/** Holds at most one session to a BMC: opens it when needed, refreshes it while idle, closes it. */
export class SessionKeeper {
  readonly #options: KeeperOptions;
  #session: ClientSession | undefined;
  #remote: Remote | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastUsed = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** The open session, if there is one. */
  get session(): ClientSession | undefined {
    return this.#session?.isOpen === true ? this.#session : undefined;
  }

  /** The open session, or a new one. */
  async get(call: Call): Promise<ClientSession> {
    this.#lastUsed = performance.now();
    const open = this.session;
    if (open !== undefined) return open;
    const path = await this.path(call);
    const session = await this.#options.opener.open(call, path.socket, path.remote);
    this.#session = session;
    this.#options.log('session-open', `suite ${session.suite.id}`);
    this.#schedule();
    return session;
  }

  /** Socket and address of the BMC; the name is looked up again after a lost session. */
  async path(call: Call): Promise<{ socket: Awaited<ReturnType<Transport['ready']>>; remote: Remote }> {
    const { host, port, lane, transport, bmc } = this.#options;
    try {
      this.#remote ??= await resolveRemote(host, port, lane);
      return { socket: await transport.ready(this.#remote), remote: this.#remote };
    } catch (cause) {
      throw new IpmiError('IpmiUnreachable', `${call.command} on ${bmc}: ${(cause as Error).message}`, {
        bmc,
        command: call.command,
        cause,
      });
    }
  }

  /** Raises the session to the configured privilege when it is below `needed`. */
  async raise(call: Call, session: ClientSession, needed: number): Promise<void> {
    if (session.privilege >= needed) return;
    const level = Math.max(needed, this.#options.privilege);
    const { netFn, cmd, name, codes } = setSessionPrivilegeLevel;
    const answer = await session.ask(call, {
      netFn,
      cmd,
      data: encode(setSessionPrivilegeLevel.request, { level }),
      tries: KEEP_ALIVE_TRIES,
    });
    if (answer === undefined) return;
    if (answer.completionCode === CC.ok) {
      session.privilege = answer.data[0] ?? level;
      return;
    }
    const { bmc } = this.#options;
    throw new IpmiError(
      'IpmiPrivilege',
      `${name} on ${bmc} refused: completion code ${describeCompletion(answer.completionCode, codes)} ` +
        `(IPMI v2.0 §22.18); ${call.command} needs it, so use a user with a higher privilege limit`,
      { bmc, command: name, completionCode: answer.completionCode },
    );
  }

  /** Gives up a session that seems dead; the BMC is told in case it is not. */
  lose(detail: string): void {
    clearTimeout(this.#timer);
    if (this.session === undefined) return;
    this.#options.log('session-lost', detail);
    this.#session?.abandon();
    this.#session = undefined;
    this.#remote = undefined;
    this.#options.onLost?.(detail);
  }

  /** Closes the session on the BMC. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const session = this.session;
    this.#session = undefined;
    if (session === undefined) return;
    await session.close(new Call({ bmc: this.#options.bmc, command: 'Close Session', deadlineMs: CLOSE_DEADLINE_MS }));
  }

  #schedule(): void {
    const { keepAliveMs, idleCloseMs } = this.#options;
    const periods = [keepAliveMs, idleCloseMs].filter((ms) => ms > 0);
    if (periods.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#whileIdle(), Math.min(...periods)).unref();
  }

  async #whileIdle(): Promise<void> {
    const { keepAliveMs, idleCloseMs, turn } = this.#options;
    const session = this.session;
    if (session === undefined) return;
    const now = performance.now();
    try {
      if (idleCloseMs > 0 && now - this.#lastUsed >= idleCloseMs && !turn.isBusy) await this.close();
      else if (keepAliveMs > 0 && now - session.lastHeard >= keepAliveMs && !turn.isBusy) {
        await this.#refresh(session);
      }
    } catch (error) {
      this.#options.log('keep-alive-failed', (error as Error).message);
    }
    if (this.session !== undefined) this.#schedule();
  }

  /** An unanswered refresh ends the session: it must not be kept alive for ever by itself. */
  async #refresh(session: ClientSession): Promise<void> {
    const { bmc, turn } = this.#options;
    const call = new Call({ bmc, command: 'keep-alive', deadlineMs: KEEP_ALIVE_DEADLINE_MS });
    const ask = { netFn: getDeviceId.netFn, cmd: getDeviceId.cmd, data: new Uint8Array(), tries: KEEP_ALIVE_TRIES };
    const answer = await turn.take(call, () => session.ask(call, ask));
    if (answer === undefined) this.lose('keep-alive unanswered');
  }
}
