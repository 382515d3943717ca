const SAMPLE_MS = 1_000;
/** What two bytes of a power reading hold. */
const MOST_WATTS = 0xffff;

/** Watts over the time since the meter was started (DCMI v1.5 §6.6.1). */
export interface PowerStatistics {
  readonly watts: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly average: number;
  /** How long the statistics reach back. */
  readonly periodMs: number;
}

/** Measures the owner's watts each second and at every reading. */
export class PowerMeter {
  readonly #source: () => number;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #startedAt: number;
  #minimum = Infinity;
  #maximum = 0;
  #sum = 0;
  #samples = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(source: () => number, now: () => number) {
    this.#source = source;
    this.#now = now;
    this.#startedAt = now();
  }

  /** Begins to measure, and the statistics anew. */
  start(): void {
    this.stop();
    this.#startedAt = this.#now();
    [this.#minimum, this.#maximum, this.#sum, this.#samples] = [Infinity, 0, 0, 0];
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  read(): PowerStatistics {
    const watts = this.#sample();
    return {
      watts,
      minimum: this.#minimum,
      maximum: this.#maximum,
      average: Math.round(this.#sum / this.#samples),
      periodMs: Math.round(this.#now() - this.#startedAt),
    };
  }

  #sample(): number {
    const watts = Math.min(MOST_WATTS, Math.max(0, Math.round(this.#source())));
    this.#minimum = Math.min(this.#minimum, watts);
    this.#maximum = Math.max(this.#maximum, watts);
    this.#sum += watts;
    this.#samples += 1;
    return watts;
  }
}
