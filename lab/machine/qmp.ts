import { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { LabError } from '../errors.ts';

/** An event of QEMU's monitor. */
export interface QmpEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface QmpMessage extends Partial<QmpEvent> {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface QmpEvents {
  event: [event: QmpEvent];
  close: [];
}

const ANSWER_MS = 10_000;

/** A connection to QEMU's monitor (QEMU Machine Protocol, docs/interop/qmp-spec). */
export class QmpConnection extends EventEmitter<QmpEvents> {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #rest = '';

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => this.#split(text));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#end());
  }

  /** Connects and leaves the negotiation mode. */
  static async open(path: string): Promise<QmpConnection> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error) =>
        reject(new LabError(`QEMU's monitor ${path} can't be reached.`, { cause: error })),
      );
    });
    const connection = new QmpConnection(socket);
    await connection.execute('qmp_capabilities');
    return connection;
  }

  /** Runs a command. @throws LabError with QEMU's words, or when no answer comes in time. */
  async execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    const id = this.#nextId++;
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      timer = setTimeout(
        () => reject(new LabError(`QEMU didn't answer ${command} in ${ANSWER_MS / 1000} s.`)),
        ANSWER_MS,
      );
    });
    this.#socket.write(
      `${JSON.stringify({ execute: command, id, ...(args === undefined ? {} : { arguments: args }) })}\n`,
    );
    return answer.finally(() => {
      clearTimeout(timer);
      this.#pending.delete(id);
    });
  }

  /** Ends the connection, not QEMU. */
  close(): void {
    this.#socket.destroy();
  }

  #split(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') this.#receive(JSON.parse(line) as QmpMessage);
  }

  #receive(message: QmpMessage): void {
    if (message.event !== undefined) {
      this.emit('event', { event: message.event, ...(message.data === undefined ? {} : { data: message.data }) });
      return;
    }
    const pending = message.id === undefined ? undefined : this.#pending.get(message.id);
    if (message.error === undefined) pending?.resolve(message.return);
    else pending?.reject(new LabError(`QEMU refused: ${message.error.desc}`));
  }

  #end(): void {
    for (const { reject } of this.#pending.values()) reject(new LabError('QEMU ended.'));
    this.#pending.clear();
    this.emit('close');
  }
}
