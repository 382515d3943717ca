import { randomSessionId } from '../session/random.ts';
import type { CipherSuite } from '../codec/cipher-suites.ts';
import type { Peer, ServerSession } from './server-session.ts';

const HALF_OPEN_MS = 10_000;

/** The sessions of one virtual BMC; a slot is taken from RAKP 4 on. */
export class SessionTable {
  readonly #sessions = new Map<number, ServerSession>();
  readonly #limit: number;
  readonly #timeoutMs: number;

  constructor(options: { limit: number; timeoutMs: number }) {
    this.#limit = options.limit;
    this.#timeoutMs = options.timeoutMs;
  }

  get capacity(): number {
    return this.#limit;
  }

  /** Open sessions, oldest first. */
  get open(): ServerSession[] {
    return [...this.#sessions.values()].filter(({ cipher }) => cipher !== undefined);
  }

  get isFull(): boolean {
    return this.open.length >= this.#limit;
  }

  get(id: number): ServerSession | undefined {
    return this.#sessions.get(id);
  }

  /** Starts a session; half-open ones beyond twice the limit push out the oldest. */
  begin(consoleSessionId: number, suite: CipherSuite, peer: Peer): ServerSession {
    const halfOpen = [...this.#sessions.values()].filter(({ cipher }) => cipher === undefined);
    if (halfOpen.length >= 2 * this.#limit && halfOpen[0] !== undefined) this.end(halfOpen[0]);
    let id = randomSessionId();
    while (this.#sessions.has(id)) id = randomSessionId();
    const session: ServerSession = {
      id,
      consoleSessionId,
      suite,
      peer,
      privilege: 0,
      maxPrivilege: 0,
      handle: 0,
      timer: setTimeout(() => this.end(session), HALF_OPEN_MS).unref(),
    };
    this.#sessions.set(id, session);
    return session;
  }

  /** Gives an agreed session its handle and its inactivity limit. */
  activate(session: ServerSession): void {
    clearTimeout(session.timer);
    session.timer = setTimeout(() => this.end(session), this.#timeoutMs).unref();
    const taken = new Set(this.open.map(({ handle }) => handle));
    let handle = 1;
    while (taken.has(handle)) handle += 1;
    session.handle = handle;
  }

  end(session: ServerSession): void {
    clearTimeout(session.timer);
    if (!this.#sessions.delete(session.id)) return;
    session.onEnd?.();
    session.cipher?.destroy();
  }

  endAll(): void {
    for (const session of this.#sessions.values()) this.end(session);
  }
}
