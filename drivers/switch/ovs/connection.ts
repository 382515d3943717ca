import { connect } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';
import { z } from 'zod';
import { JsonStream } from './json-stream.ts';

/** What the server may send: an answer, or a request or notification of its own (JSON-RPC 1.0, RFC 7047 §4). */
const messageSchema = z.object({
  id: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
  method: z.string().optional(),
  params: z.array(z.unknown()).optional(),
});

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The connection ended, or the server did not answer on it in time; the request may or may not have been done. */
export class OvsdbConnectionLost extends Error {
  override readonly name = 'OvsdbConnectionLost';
}

/** The server answered with an error (RFC 7047 §3.1). */
export class OvsdbRefused extends Error {
  override readonly name = 'OvsdbRefused';
}

/** One JSON-RPC connection to an OVSDB server (RFC 7047 §4): requests, the server's echo, notifications. */
export class OvsdbConnection {
  readonly #socket: Socket;
  readonly #stream = new JsonStream();
  readonly #pending = new Map<number, Pending>();
  readonly #onNotification: (method: string, params: readonly unknown[]) => void;
  #nextId = 1;
  #lost: OvsdbConnectionLost | undefined;

  private constructor(socket: Socket, onNotification: (method: string, params: readonly unknown[]) => void) {
    this.#socket = socket;
    this.#onNotification = onNotification;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#lose(error.message));
    socket.on('close', () => this.#lose('the switch closed the connection'));
  }

  /** Connects. @throws OvsdbConnectionLost with the system's code (ECONNREFUSED, ENOENT, …) as cause */
  static open(
    address: NetConnectOpts,
    options: { timeoutMs: number; onNotification: (method: string, params: readonly unknown[]) => void },
  ): Promise<OvsdbConnection> {
    const { promise, resolve, reject } = withResolvers<OvsdbConnection>();
    const socket = connect(address);
    const fail = (cause: Error): void => {
      socket.destroy();
      reject(new OvsdbConnectionLost(cause.message, { cause }));
    };
    const timer = setTimeout(() => fail(new Error(`no connection within ${options.timeoutMs} ms`)), options.timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      fail(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(new OvsdbConnection(socket, options.onNotification));
    });
    return promise;
  }

  /** Whether requests can still be sent. */
  get alive(): boolean {
    return this.#lost === undefined;
  }

  /**
   * Sends a request and gives its result.
   * @throws OvsdbRefused, OvsdbConnectionLost; the reason of `signal` when that fires first
   */
  request(method: string, params: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    if (this.#lost) return Promise.reject(this.#lost);
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = withResolvers<unknown>();
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(id, { resolve, reject });
    this.#socket.write(JSON.stringify({ method, params, id }));
    return promise.finally(() => {
      this.#pending.delete(id);
      signal.removeEventListener('abort', onAbort);
    });
  }

  /** Ends the connection; requests under way are rejected. */
  close(): void {
    this.#lose('the connection was closed');
  }

  #read(chunk: Buffer): void {
    try {
      for (const message of this.#stream.push(chunk)) this.#take(messageSchema.parse(message));
    } catch (error) {
      this.#lose(`the switch sent what is no JSON-RPC (${error instanceof Error ? error.message : String(error)})`);
    }
  }

  #take({ id, result, error, method, params = [] }: z.infer<typeof messageSchema>): void {
    // The server drops clients that do not answer its probe (RFC 7047 §4.1.11).
    if (method === 'echo') this.#socket.write(JSON.stringify({ id, result: params, error: null }));
    else if (method !== undefined) this.#onNotification(method, params);
    else this.#settle(id, result, error);
  }

  #settle(id: unknown, result: unknown, error: unknown): void {
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (pending === undefined) return;
    if (error === null || error === undefined) pending.resolve(result);
    else pending.reject(new OvsdbRefused(typeof error === 'string' ? error : JSON.stringify(error)));
  }

  #lose(why: string): void {
    if (this.#lost) return;
    this.#lost = new OvsdbConnectionLost(why);
    this.#socket.destroy();
    for (const pending of this.#pending.values()) pending.reject(this.#lost);
    this.#onNotification('closed', []);
  }
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
