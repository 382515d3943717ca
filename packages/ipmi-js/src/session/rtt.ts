/** Settings of {@link RoundTrip}. */
export interface RoundTripOptions {
  /** Wait before anything was measured. */
  readonly firstMs: number;
  /** Source of jitter, 0 ≤ x < 1. */
  readonly chance: () => number;
}

const FLOOR_MS = 100;
const CEILING_MS = 5_000;
const JITTER = 0.1;

/** Measures round trips to one BMC and says how long to wait for the next answer. */
export class RoundTrip {
  readonly #firstMs: number;
  readonly #chance: () => number;
  #smoothedMs: number | undefined;

  constructor(options: RoundTripOptions) {
    this.#firstMs = options.firstMs;
    this.#chance = options.chance;
  }

  /** Smoothed round trip; undefined before the first answer. */
  get ms(): number | undefined {
    return this.#smoothedMs;
  }

  /** Notes the round trip of an exchange that was sent once (Karn's rule). */
  measured(ms: number): void {
    this.#smoothedMs = this.#smoothedMs === undefined ? ms : this.#smoothedMs * 0.875 + ms * 0.125;
  }

  /** Wait for try 0, 1, 2 …: four round trips, at least 100 ms, doubling to 5 s, up to 10 % more by chance. */
  waitMs(attempt: number): number {
    const first = this.#smoothedMs === undefined ? this.#firstMs : Math.max(FLOOR_MS, 4 * this.#smoothedMs);
    const wait = Math.min(CEILING_MS, first * 2 ** attempt);
    return Math.ceil(wait * (1 + JITTER * this.#chance()));
  }
}
