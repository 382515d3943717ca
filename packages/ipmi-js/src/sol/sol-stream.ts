import { Duplex } from 'node:stream';
import { SOL_OPERATION, SOL_STATUS } from '../codec/sol-packet.ts';
import { MalformedError } from '../codec/bytes.ts';
import { IpmiError } from '../errors.ts';
import { SolLink } from './sol-link.ts';

/** An attached console: a session in which serial over LAN is active. */
export interface SolConnection {
  /** Most characters in one packet. */
  readonly maxData: number;
  readonly send: (payload: Uint8Array) => void;
  /** Where payloads from the BMC are to go. */
  readonly receive: (onPayload: (payload: Uint8Array) => void) => void;
  readonly retryMs: (attempt: number) => number;
  /** Deactivates the payload and closes the session. */
  readonly close: () => Promise<void>;
}

/** What a stream needs to get attached, first and again. */
export interface SolStreamOptions {
  readonly bmc: string;
  /** Opens a session and activates; `takeOver` ends what another console, or our lost one, holds. */
  readonly attach: (takeOver: boolean, onLost: () => void) => Promise<SolConnection>;
  readonly reattach: boolean;
  /** Whether the first attachment may take the console from another holder. */
  readonly takeOver: boolean;
}

const BUFFER_LIMIT = 1 << 20;
const MAX_TRIES = 8;
const REATTACH_TRIES = 12;
const REATTACH_FIRST_MS = 250;
const REATTACH_LONGEST_MS = 10_000;

/**
 * A serial console as a Node Duplex. What the BMC sends is given once, in order, whole. When the BMC
 * drops the console and `reattach` is set, the stream attaches again, sends what had not been
 * accepted, and emits `reattach`. Ends with `IpmiSol` when that fails.
 */
export class SolStream extends Duplex {
  readonly #options: SolStreamOptions;
  #link: SolLink | undefined;
  #connection: SolConnection | undefined;
  #attaching: Promise<void> | undefined;
  /** Characters that no link has accepted while detached. */
  #carry: Uint8Array = new Uint8Array();

  constructor(options: SolStreamOptions) {
    super({ readableHighWaterMark: 64 * 1024 });
    this.#options = options;
  }

  /** True while characters can flow. */
  get isAttached(): boolean {
    return this.#link !== undefined;
  }

  /** Attaches the console; does nothing when it is attached. */
  async attach(takeOver = this.#options.takeOver): Promise<void> {
    if (this.isAttached) return;
    this.#attaching ??= this.#connect(takeOver).finally(() => (this.#attaching = undefined));
    await this.#attaching;
  }

  /** Gives the console back to the BMC but keeps the stream, so that {@link attach} can go on. */
  async detach(): Promise<void> {
    await this.#drop()?.close();
  }

  /** Sends a serial break, after what was written before. */
  sendBreak(): void {
    this.#link?.control(SOL_OPERATION.break);
  }

  override _read(): void {
    this.#link?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#link === undefined) this.#carry = Buffer.concat([this.#carry, chunk]);
    else this.#link.write(chunk);
    this.#whenSent(() => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#whenSent(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // One that is being attached is given back as soon as it is.
    const goodbye = this.#drop()?.close() ?? this.#attaching;
    if (goodbye === undefined) return done(error);
    // The caller wants the stream gone; that the farewell got lost changes nothing for him.
    const finish = (): void => done(error);
    goodbye.then(finish, finish);
  }

  async #connect(takeOver: boolean): Promise<void> {
    const connection = await this.#options.attach(takeOver, () => this.#lost(true));
    if (this.destroyed) {
      await connection.close();
      return;
    }
    const link = this.#makeLink(connection);
    connection.receive((payload) => receiveQuietly(link, payload));
    this.#connection = connection;
    this.#link = link;
    // Some BMCs send nothing before they got an empty packet.
    link.notify(0);
    link.write(this.#carry);
    this.#carry = new Uint8Array();
    this.emit('attach');
  }

  #makeLink(connection: SolConnection): SolLink {
    const { maxData, send, retryMs } = connection;
    return new SolLink({
      maxData,
      send,
      retryMs,
      onData: (data) => void this.push(data),
      onBits: (bits) => this.#onBits(bits),
      canAccept: () => this.readableLength < BUFFER_LIMIT,
      onDead: () => this.#lost(true),
      maxTries: MAX_TRIES,
      refuseBits: SOL_OPERATION.nack,
    });
  }

  #onBits(bits: number): void {
    if ((bits & SOL_STATUS.break) !== 0) this.emit('break');
    if ((bits & SOL_STATUS.overrun) !== 0) this.emit('overrun');
    // Deactivated by the BMC or by another console: come back, but do not fight for it.
    if ((bits & SOL_STATUS.deactivating) !== 0) this.#lost(false);
  }

  /** Forgets the link and keeps what it had not delivered. */
  #drop(): SolConnection | undefined {
    const connection = this.#connection;
    const link = this.#link;
    this.#connection = undefined;
    this.#link = undefined;
    if (link === undefined) return connection;
    this.#carry = Buffer.concat([link.unsent(), this.#carry]);
    link.close();
    return connection;
  }

  #lost(takeOver: boolean): void {
    const connection = this.#drop();
    if (connection === undefined || this.destroyed) return;
    this.emit('detach');
    void connection
      .close()
      .catch(() => {})
      .then(() => this.#comeBack(takeOver))
      .catch((error: unknown) => this.destroy(error as Error));
  }

  async #comeBack(takeOver: boolean): Promise<void> {
    if (!this.#options.reattach) throw this.#ended();
    for (let attempt = 0; !this.destroyed; attempt++) {
      try {
        await this.attach(takeOver);
        this.emit('reattach');
        return;
      } catch (cause) {
        if (attempt + 1 >= REATTACH_TRIES || !isWorthRetrying(cause)) throw this.#ended(cause);
        await new Promise((resolve) => {
          setTimeout(resolve, Math.min(REATTACH_LONGEST_MS, REATTACH_FIRST_MS * 2 ** attempt));
        });
      }
    }
  }

  #ended(cause?: unknown): IpmiError {
    const why = cause instanceof Error ? `; attaching again: ${cause.message}` : '';
    return new IpmiError('IpmiSol', `Serial over LAN on ${this.#options.bmc} was ended by the BMC${why}`, {
      bmc: this.#options.bmc,
      retryable: true,
      cause,
    });
  }

  /** Calls back when everything written so far was accepted, over however many links it takes. */
  #whenSent(done: () => void): void {
    const check = (): void => {
      if (this.destroyed) return done();
      const link = this.#link;
      if (link === undefined) this.once('attach', check);
      else link.whenIdle(() => (this.#link === link && link.backlog === 0 ? done() : check()));
    };
    check();
  }
}

const isWorthRetrying = (error: unknown): boolean => error instanceof IpmiError && error.retryable;

/** A cut payload is as good as a lost one. */
function receiveQuietly(link: SolLink, payload: Uint8Array): void {
  try {
    link.receive(payload);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
  }
}
