const WIDTH = 32;

/**
 * Accepts each authenticated sequence number once (IPMI v2.0 §6.12.13). Numbers up to 31 behind the
 * highest seen are accepted when new; a jump forward is accepted because the packet is authenticated.
 */
export class ReplayWindow {
  #highest = 0;
  #seen = 0;

  /** True, and remembered, when `sequence` is neither 0, nor too old, nor seen before. */
  accept(sequence: number): boolean {
    if (sequence === 0) return false;
    const ahead = this.#highest === 0 ? WIDTH : (sequence - this.#highest) | 0;
    if (ahead > 0) {
      this.#seen = ahead >= WIDTH ? 1 : ((this.#seen << ahead) | 1) >>> 0;
      this.#highest = sequence;
      return true;
    }
    const bit = -ahead;
    if (bit >= WIDTH) return false;
    const mask = (1 << bit) >>> 0;
    if ((this.#seen & mask) !== 0) return false;
    this.#seen = (this.#seen | mask) >>> 0;
    return true;
  }
}
