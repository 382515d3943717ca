import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a machine's serial port is served with. */
export interface SerialPortSettings {
  /** Attaches to the machine; the signal stops that. */
  readonly attach: (signal: AbortSignal) => Promise<Duplex>;
  /** A reader is sent away when neither it nor the machine has said anything for so long; 0 never. */
  readonly idleMs: number;
  /** Gets what went wrong while somebody was reading. */
  readonly failed: (error: unknown) => void;
  /** Pauses between tries to attach. */
  readonly firstPauseMs?: number;
}

/** Readers at once; one more is told so and sent away. */
const MOST_READERS = 8;
/** A reader that doesn't take what the machine says is let go: it must not hold up the others. */
const MOST_UNREAD = 1 << 20;
/** What is typed until the machine is attached is kept, up to this. */
const MOST_TYPED = 4096;
const KEEP_ALIVE_MS = 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * A machine's serial port as raw TCP. The machine's console is held while somebody reads, and given back with the last
 * reader; it is attached again when the BMC drops it. All readers see the same, and all may type.
 */
export class SerialPort {
  readonly #settings: SerialPortSettings;
  readonly #server: Server;
  readonly #readers = new Set<Socket>();
  readonly #closing = new AbortController();
  #stream: Duplex | undefined;
  #typed: Buffer = Buffer.alloc(0);
  #attaching: Promise<void> | undefined;
  #detaching: Promise<void> = Promise.resolve();

  constructor(settings: SerialPortSettings) {
    this.#settings = settings;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Listens there. Rejects as Node does, with EADDRINUSE say. */
  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.off('error', reject).on('error', this.#settings.failed);
        resolve();
      });
    });
  }

  /** Sends all readers away and gives the console back. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const reader of this.#readers) reader.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#attaching;
    this.#detach();
    await this.#detaching;
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#readers.size >= MOST_READERS) {
      sendAway(socket, `${MOST_READERS} others have this console open`);
      return;
    }
    this.#readers.add(socket);
    socket.setNoDelay();
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setTimeout(this.#settings.idleMs, () => sendAway(socket, 'closed, since nothing was said for long'));
    socket.on('data', (bytes) => this.#type(socket, bytes));
    socket.once('close', () => this.#leave(socket));
    this.#attach();
  }

  #type(socket: Socket, bytes: Buffer): void {
    const stream = this.#stream;
    if (stream === undefined) {
      this.#typed = Buffer.concat([this.#typed, bytes]).subarray(0, MOST_TYPED);
      return;
    }
    if (stream.write(bytes)) return;
    socket.pause();
    const resume = () => {
      stream.off('drain', resume).off('close', resume);
      socket.resume();
    };
    stream.on('drain', resume).on('close', resume);
  }

  #leave(socket: Socket): void {
    this.#readers.delete(socket);
    if (this.#readers.size > 0) return;
    this.#typed = Buffer.alloc(0);
    this.#detach();
  }

  #tell(bytes: Buffer | string): void {
    for (const reader of this.#readers) {
      if (reader.writableLength > MOST_UNREAD) reader.destroy();
      else reader.write(bytes);
    }
  }

  #attach(): void {
    this.#attaching ??= this.#attachAtLast().finally(() => (this.#attaching = undefined));
  }

  /** Tries until it is attached, or nobody reads any more. */
  async #attachAtLast(): Promise<void> {
    const { signal } = this.#closing;
    const { attach, failed, firstPauseMs = FIRST_PAUSE_MS } = this.#settings;
    // Giving the console back ends it for whoever has it then.
    await this.#detaching;
    for (let pauseMs = firstPauseMs; this.#isRead && this.#stream === undefined; pauseMs *= 2) {
      try {
        this.#connect(await attach(signal));
      } catch (error) {
        if (signal.aborted) return;
        failed(error);
        if (pauseMs === firstPauseMs)
          this.#tell(notice('the console of the machine cannot be had now; it is tried again'));
        await sleep(Math.min(pauseMs, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => {});
      }
    }
  }

  get #isRead(): boolean {
    return this.#readers.size > 0 && !this.#closing.signal.aborted;
  }

  #connect(stream: Duplex): void {
    this.#stream = stream;
    stream.on('error', this.#settings.failed);
    stream.on('data', (bytes: Buffer) => this.#tell(bytes));
    stream.once('close', () => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      if (this.#isRead) this.#attach();
    });
    // The last reader may have left meanwhile.
    if (!this.#isRead) return this.#detach();
    if (this.#typed.length > 0) stream.write(this.#typed);
    this.#typed = Buffer.alloc(0);
  }

  #detach(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) return;
    this.#detaching = new Promise((resolve) => stream.once('close', resolve).destroy());
  }
}

/** Says why, and closes as soon as that is sent. */
function sendAway(socket: Socket, words: string): void {
  socket.end(notice(words));
  socket.destroySoon();
}

/** What the worker itself says, told apart from what the machine says. */
function notice(words: string): string {
  return `\r\n[Anneal: ${words}]\r\n`;
}
