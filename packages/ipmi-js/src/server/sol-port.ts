import type { Duplex } from 'node:stream';
import { SOL_OPERATION, SOL_STATUS } from '../codec/sol-packet.ts';
import { PAYLOAD } from '../codec/packet.ts';
import { SolLink } from '../sol/sol-link.ts';
import { CompletionError } from './completion-error.ts';
import type { VirtualBmcOptions } from './options.ts';
import type { ServerSession } from './server-session.ts';

/** Payload sizes that Activate Payload answers; the SOL header of 4 bytes counts. */
export const SOL_PAYLOAD_SIZE = 252;
const SOL_HEADER = 4;
const RETRY_MS = 200;
const RETRY_LONGEST_MS = 2_000;
const BACKLOG_LIMIT = 64 * 1024;
const ALREADY_ACTIVE = 0x80;
const DISABLED = 0x81;
const ALREADY_INACTIVE = 0x80;

/** Sends a payload in a session. */
export type SendPayload = (session: ServerSession, payloadType: number, payload: Uint8Array) => void;

interface Active {
  readonly session: ServerSession;
  readonly console: Duplex;
  readonly link: SolLink;
}

/** Serial over LAN of the virtual BMC: one instance, bridged to the owner's stream while it is active. */
export class SolPort {
  readonly #options: VirtualBmcOptions;
  readonly #send: SendPayload;
  #active: Active | 'starting' | undefined;

  constructor(options: VirtualBmcOptions, send: SendPayload) {
    this.#options = options;
    this.#send = send;
  }

  get isActive(): boolean {
    return this.#active !== undefined;
  }

  /** The session that has it; undefined while nobody has. */
  get session(): ServerSession | undefined {
    return this.#active === 'starting' ? undefined : this.#active?.session;
  }

  /** @throws CompletionError 80h when another session has it, 81h when there is no console. */
  async activate(session: ServerSession): Promise<void> {
    if (this.#options.console === undefined) throw new CompletionError(DISABLED);
    if (this.#active !== undefined) throw new CompletionError(ALREADY_ACTIVE);
    this.#active = 'starting';
    try {
      const console = await this.#options.console();
      this.#active = this.#connect(session, console);
    } catch (error) {
      this.#active = undefined;
      throw error;
    }
  }

  /** @throws CompletionError 80h when it is not active. */
  deactivate(): void {
    if (this.#active === undefined || this.#active === 'starting') throw new CompletionError(ALREADY_INACTIVE);
    this.#end(this.#active, true);
  }

  /** Ends it without a word, as at a BMC reset. */
  stop(): void {
    if (this.#active !== undefined && this.#active !== 'starting') this.#end(this.#active, false);
  }

  #connect(session: ServerSession, console: Duplex): Active {
    const link: SolLink = new SolLink({
      maxData: SOL_PAYLOAD_SIZE - SOL_HEADER,
      send: (payload) => this.#send(session, PAYLOAD.sol, payload),
      onData: (data) => void console.write(data),
      onBits: (bits) => this.#onBits(bits),
      canAccept: () => console.writableLength < BACKLOG_LIMIT,
      retryMs: (attempt) => Math.min(RETRY_LONGEST_MS, RETRY_MS * 2 ** attempt),
      onDead: () => this.#end(active, true),
      // The inactivity limit of the session ends it; until then nothing is given up.
      maxTries: Infinity,
      refuseBits: SOL_STATUS.nack | SOL_STATUS.transferUnavailable,
    });
    const active: Active = { session, console, link };
    session.onSol = (payload) => link.receive(payload);
    session.onEnd = () => this.#end(active, false);
    console.on('drain', () => link.resume());
    console.on('data', (data: Uint8Array) => {
      link.write(data);
      if (link.backlog < BACKLOG_LIMIT) return;
      console.pause();
      link.whenIdle(() => console.resume());
    });
    console.on('error', () => this.#end(active, true));
    console.on('close', () => this.#end(active, true));
    return active;
  }

  #onBits(bits: number): void {
    if ((bits & SOL_OPERATION.break) !== 0) this.#options.onBreak?.();
  }

  #end(active: Active, tell: boolean): void {
    if (this.#active !== active) return;
    this.#active = undefined;
    if (tell) active.link.notify(SOL_STATUS.deactivating | SOL_STATUS.transferUnavailable);
    active.link.close();
    delete active.session.onSol;
    delete active.session.onEnd;
    active.console.destroy();
  }
}
