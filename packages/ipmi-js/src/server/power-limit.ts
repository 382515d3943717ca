import { CompletionError } from './completion-error.ts';

const OUT_OF_RANGE = 0x84;

/** A DCMI power limit (DCMI v1.5 §6.6.2); watts, milliseconds, seconds. */
export interface Limit {
  readonly action: number;
  readonly watts: number;
  readonly correctionMs: number;
  readonly samplingSeconds: number;
}

/** What a BMC holds before anybody set a limit: no action, and the shortest times. */
const UNSET: Limit = { action: 0, watts: 0, correctionMs: 1_000, samplingSeconds: 1 };

/** The power limit of a virtual BMC: held and reported, not enforced. */
export class PowerLimit {
  #limit: Limit = UNSET;
  #active = false;

  /** The limit held, active or not. */
  get held(): Limit {
    return this.#limit;
  }

  get isActive(): boolean {
    return this.#active;
  }

  /** @throws CompletionError 84h for no watts at all. */
  set(limit: Limit): void {
    if (limit.watts === 0) throw new CompletionError(OUT_OF_RANGE);
    this.#limit = limit;
  }

  /** @throws CompletionError 84h to activate before a limit was set. */
  activate(active: boolean): void {
    if (active && this.#limit === UNSET) throw new CompletionError(OUT_OF_RANGE);
    this.#active = active;
  }
}
