import { decodeSolPacket, encodeSolPacket } from '../codec/sol-packet.ts';
import type { SolPacket } from '../codec/sol-packet.ts';

/** What one end of a SOL link needs; console and BMC differ only in the meaning of the bits. */
export interface SolLinkOptions {
  /** Most data bytes in one packet. */
  readonly maxData: number;
  /** Sends one payload; it may be lost. */
  readonly send: (payload: Uint8Array) => void;
  /** Gets received characters, each exactly once and in order. */
  readonly onData: (data: Uint8Array) => void;
  /** Gets the bits of each packet that carries news. */
  readonly onBits: (bits: number) => void;
  /** False while received characters cannot be taken; the peer is told to wait. */
  readonly canAccept: () => boolean;
  /** Wait before sending try `attempt` + 1 of an unacknowledged packet. */
  readonly retryMs: (attempt: number) => number;
  /** Called once when a packet was sent `maxTries` times in vain. */
  readonly onDead: () => void;
  readonly maxTries: number;
  /** Bits that tell the peer that its characters were not taken. */
  readonly refuseBits: number;
}

interface Pending {
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly bits: number;
  attempt: number;
  /** Refused by the peer; the next try waits for its word or the timer. */
  held: boolean;
}

interface Queued {
  readonly data: Uint8Array;
  readonly bits: number;
}

const NACK = 0b0100_0000;
const LAST_SEQUENCE = 15;

const next = (sequence: number): number => (sequence % LAST_SEQUENCE) + 1;

/**
 * Sequence numbers, acknowledgements and retries of one SOL connection (IPMI v2.0 §15.11), the same
 * for both ends. One packet is outstanding; characters that the peer did not accept are sent again
 * under a new sequence number.
 */
export class SolLink {
  readonly #options: SolLinkOptions;
  readonly #queue: Queued[] = [];
  #queuedBytes = 0;
  #pending: Pending | undefined;
  #outSequence = 0;
  #inSequence = 0;
  #refusedSequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];
  #closed = false;

  constructor(options: SolLinkOptions) {
    this.#options = options;
  }

  /** Bytes that the peer has not accepted yet. */
  get backlog(): number {
    return this.#queuedBytes + (this.#pending?.data.length ?? 0);
  }

  /** Queues characters. */
  write(data: Uint8Array): void {
    if (data.length === 0 || this.#closed) return;
    this.#queue.push({ data, bits: 0 });
    this.#queuedBytes += data.length;
    this.#pump();
  }

  /** Queues a packet of bits only, behind what was written before. */
  control(bits: number): void {
    if (this.#closed) return;
    this.#queue.push({ data: new Uint8Array(), bits });
    this.#pump();
  }

  /** Calls back once everything was accepted, or the link closed. */
  whenIdle(done: () => void): void {
    if (this.#closed || (this.#pending === undefined && this.#queue.length === 0)) done();
    else this.#idle.push(done);
  }

  /** Everything that was not accepted yet, for sending over a new link. */
  unsent(): Uint8Array {
    const pending = this.#pending === undefined ? [] : [this.#pending.data];
    return Buffer.concat([...pending, ...this.#queue.map(({ data }) => data)]);
  }

  /** Tells a peer that was refused to go on. */
  resume(): void {
    if (this.#refusedSequence === 0 || this.#closed) return;
    this.#acknowledge(this.#refusedSequence, 0, 0);
    this.#refusedSequence = 0;
  }

  /** Sends a packet outside the sequence that needs no answer. */
  notify(bits: number): void {
    this.#send({ sequence: 0, ackSequence: 0, accepted: 0, bits, data: new Uint8Array() });
  }

  /** Takes a payload from the peer. @throws MalformedError when shorter than 4 bytes. */
  receive(payload: Uint8Array): void {
    if (this.#closed) return;
    const packet = decodeSolPacket(payload);
    if (packet.bits !== 0) this.#options.onBits(packet.bits);
    if (packet.ackSequence !== 0) this.#acknowledged(packet);
    if (packet.sequence !== 0) this.#take(packet);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#wakeIdle();
  }

  #take(packet: SolPacket): void {
    if (packet.sequence === this.#inSequence) {
      // Our acknowledgement was lost; the characters were taken then.
      this.#acknowledge(packet.sequence, packet.data.length, 0);
      return;
    }
    if (packet.data.length > 0 && !this.#options.canAccept()) {
      this.#refusedSequence = packet.sequence;
      this.#acknowledge(packet.sequence, 0, this.#options.refuseBits);
      return;
    }
    this.#inSequence = packet.sequence;
    this.#acknowledge(packet.sequence, packet.data.length, 0);
    if (packet.data.length > 0) this.#options.onData(packet.data);
  }

  #acknowledge(ackSequence: number, accepted: number, bits: number): void {
    this.#send({ sequence: 0, ackSequence, accepted, bits, data: new Uint8Array() });
  }

  #acknowledged(packet: SolPacket): void {
    const pending = this.#pending;
    if (pending === undefined || packet.ackSequence !== pending.sequence) return;
    if ((packet.bits & NACK) === 0 && pending.held && packet.accepted === 0) {
      // The peer takes characters again.
      pending.held = false;
      this.#transmit(pending);
      return;
    }
    const accepted = Math.min(packet.accepted, pending.data.length);
    const left = pending.data.subarray(accepted);
    if (left.length === 0) this.#finish();
    else this.#again(pending, left, accepted > 0 && (packet.bits & NACK) === 0);
  }

  /** Sends what was not accepted under a new sequence number, at once or after a pause. */
  #again(refused: Pending, data: Uint8Array, now: boolean): void {
    const pending = {
      sequence: this.#nextSequence(),
      data,
      bits: refused.bits,
      attempt: 0,
      held: !now,
    };
    this.#pending = pending;
    if (now) this.#transmit(pending);
    else this.#arm(pending);
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#pending = undefined;
    this.#pump();
    if (this.#pending === undefined) this.#wakeIdle();
  }

  #pump(): void {
    if (this.#pending !== undefined || this.#queue.length === 0) return;
    const chunk = this.#nextChunk();
    this.#pending = { ...chunk, sequence: this.#nextSequence(), attempt: 0, held: false };
    this.#transmit(this.#pending);
  }

  /** Joins queued characters into one packet, but never across bits such as a break. */
  #nextChunk(): Queued {
    const parts: Uint8Array[] = [];
    let room = this.#options.maxData;
    for (let first = this.#queue[0]; first !== undefined && room > 0; first = this.#queue[0]) {
      if (first.bits !== 0) {
        if (parts.length > 0) break;
        this.#queue.shift();
        return first;
      }
      const part = first.data.subarray(0, room);
      parts.push(part);
      room -= part.length;
      if (part.length === first.data.length) this.#queue.shift();
      else this.#queue[0] = { data: first.data.subarray(part.length), bits: 0 };
    }
    const data = Buffer.concat(parts);
    this.#queuedBytes -= data.length;
    return { data, bits: 0 };
  }

  #transmit(pending: Pending): void {
    this.#send({ ...pending, ackSequence: 0, accepted: 0 });
    this.#arm(pending);
  }

  #arm(pending: Pending): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#retry(pending), this.#options.retryMs(pending.attempt));
    this.#timer.unref();
  }

  #retry(pending: Pending): void {
    if (this.#closed || this.#pending !== pending) return;
    pending.attempt += 1;
    pending.held = false;
    if (pending.attempt >= this.#options.maxTries) this.#options.onDead();
    else this.#transmit(pending);
  }

  #nextSequence(): number {
    return (this.#outSequence = next(this.#outSequence));
  }

  #send(packet: SolPacket): void {
    if (!this.#closed) this.#options.send(encodeSolPacket(packet));
  }

  #wakeIdle(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const done of waiting) done();
  }
}
