import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

const RETRY_MS = 250;

/**
 * The serial port of a machine as one stream that stays over power cycles: it connects to QEMU's
 * socket whenever there is one. What is written while the machine is off is lost, as on a real port.
 */
export class ConsoleStream extends Duplex {
  readonly #path: string;
  #socket: Socket | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(path: string) {
    super();
    this.#path = path;
    this.#connect();
  }

  #connect(): void {
    const socket = connect(this.#path);
    socket.on('connect', () => {
      this.#socket = socket;
    });
    socket.on('data', (data: Buffer) => {
      if (!this.push(data)) socket.pause();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost());
  }

  #lost(): void {
    this.#socket = undefined;
    if (!this.destroyed) this.#retry = setTimeout(() => this.#connect(), RETRY_MS);
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#socket === undefined) done();
    else this.#socket.write(chunk, () => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#retry);
    this.#socket?.destroy();
    done(error);
  }
}
