/** The identify light (IPMI v2.0 §28.5): off, on for a time, or on until switched off. */
export class IdentifyLight {
  #until = 0;

  /** Seconds, 0 = off, or `forever`. */
  set(seconds: number | 'forever'): void {
    this.#until = seconds === 'forever' ? Infinity : performance.now() + seconds * 1_000;
  }

  /** As Get Chassis Status reports it. */
  get state(): 'off' | 'timed' | 'on' {
    if (this.#until === Infinity) return 'on';
    return performance.now() < this.#until ? 'timed' : 'off';
  }
}
