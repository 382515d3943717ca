import type { Call } from '../session/call.ts';

const FIRST_BUSY_MS = 50;
const LONGEST_BUSY_MS = 5_000;

/** Keeps a least time between commands to one BMC and stretches it while the BMC says that it is busy. */
export class Pacer {
  readonly #minGapMs: number;
  #extraMs = 0;
  #lastAt = -Infinity;

  constructor(minGapMs: number) {
    this.#minGapMs = minGapMs;
  }

  /** The gap now in force. */
  get gapMs(): number {
    return this.#minGapMs + this.#extraMs;
  }

  /** Waits until the next command may go. */
  async pause(call: Call): Promise<void> {
    const wait = this.gapMs - (performance.now() - this.#lastAt);
    if (wait > 0) await call.sleep(wait);
  }

  /** Notes an answered or given-up command. */
  done(): void {
    this.#lastAt = performance.now();
    this.#extraMs = this.#extraMs < FIRST_BUSY_MS ? 0 : this.#extraMs / 2;
  }

  /** Notes a busy answer; the gap doubles. */
  busy(): void {
    this.#lastAt = performance.now();
    this.#extraMs = Math.min(LONGEST_BUSY_MS, Math.max(FIRST_BUSY_MS, this.#extraMs * 2));
  }
}
