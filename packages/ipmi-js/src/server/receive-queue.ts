import { CompletionError } from './completion-error.ts';

const EMPTY = 0x80;
const CAPACITY = 16;

/** A message as Get Message hands it out: it came by `channel`; without the address byte of the bus. */
export interface ReceivedMessage {
  readonly channel: number;
  readonly message: Uint8Array;
}

/** The receive message queue (IPMI v2.0 §6.13.3): what other controllers sent to the system. A full queue loses newcomers. */
export class ReceiveQueue {
  readonly #messages: ReceivedMessage[] = [];

  put(message: ReceivedMessage): void {
    if (this.#messages.length < CAPACITY) this.#messages.push(message);
  }

  /** @throws CompletionError 80h when it is empty */
  take(): ReceivedMessage {
    const first = this.#messages.shift();
    if (first === undefined) throw new CompletionError(EMPTY);
    return first;
  }
}
