const MINUTE_MS = 60_000;

/** Power-on time of the machine (IPMI v2.0 §28.14), from what the BMC sees of its power. */
export class HoursCounter {
  readonly #now: () => number;
  #countedMs: number;
  #onSince: number | undefined;

  /**
   * @param minutes what the machine has run before
   * @param now milliseconds of a clock that never goes back
   */
  constructor(minutes: number, now: () => number) {
    this.#countedMs = minutes * MINUTE_MS;
    this.#now = now;
  }

  /** Notes the power as it is now; between two notes it counts as unchanged. */
  observe(power: 'on' | 'off'): void {
    const now = this.#now();
    if (this.#onSince !== undefined) this.#countedMs += now - this.#onSince;
    this.#onSince = power === 'on' ? now : undefined;
  }

  /** Whole minutes up to the last note. */
  get minutes(): number {
    return Math.floor(this.#countedMs / MINUTE_MS);
  }
}
