import type { Faults } from './options.ts';

/** No fault at all. */
export const NO_FAULTS: Faults = {
  lossIn: 0,
  lossOut: 0,
  delayInMs: 0,
  delayOutMs: 0,
  duplicate: 0,
  reorder: 0,
  busy: 0,
  codes: {},
  slowPowerMs: 0,
  lyingPower: undefined,
  noSessions: false,
  silent: false,
};

/** How long a held-back datagram waits for a later one to overtake it. */
const REORDER_LIMIT_MS = 50;

/** Loses, delays, doubles and re-orders datagrams as the dials say. */
export class FaultLine {
  readonly #faults: Faults;
  readonly #chance: () => number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: (() => void) | undefined;

  constructor(faults: Faults, chance: () => number) {
    this.#faults = faults;
    this.#chance = chance;
  }

  /** Passes an incoming datagram on, perhaps. */
  incoming(deliver: () => void): void {
    const { silent, lossIn, delayInMs } = this.#faults;
    if (silent || this.#strikes(lossIn)) return;
    this.#later(delayInMs, deliver);
  }

  /** Passes an outgoing datagram on, perhaps, perhaps twice, perhaps late. */
  outgoing(deliver: () => void): void {
    const { silent, lossOut, delayOutMs, duplicate, reorder } = this.#faults;
    if (silent || this.#strikes(lossOut)) return;
    const overtaken = this.#held;
    this.#held = undefined;
    if (overtaken === undefined && this.#strikes(reorder)) {
      this.#hold(() => this.#later(delayOutMs, deliver));
      return;
    }
    this.#later(delayOutMs, deliver);
    if (this.#strikes(duplicate)) this.#later(delayOutMs, deliver);
    overtaken?.();
  }

  /** True with the given probability. */
  #strikes(probability: number): boolean {
    return probability > 0 && this.#chance() < probability;
  }

  /** Forgets everything on the way. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#held = undefined;
  }

  #hold(release: () => void): void {
    this.#held = release;
    this.#after(REORDER_LIMIT_MS, () => {
      if (this.#held !== release) return;
      this.#held = undefined;
      release();
    });
  }

  #later(ms: number, deliver: () => void): void {
    if (ms <= 0) deliver();
    else this.#after(ms, deliver);
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}
