import { CompletionError } from './completion-error.ts';

const NO_ACTIVE_LIMIT = 0x80;
const OUT_OF_RANGE = 0x84;

/** A DCMI power limit (DCMI v1.5 §6.6.2); watts, milliseconds, seconds. */
export interface Limit {
  readonly action: number;
  readonly watts: number;
  readonly correctionMs: number;
  readonly samplingSeconds: number;
}

/** The power limit of a virtual BMC: held and reported, not enforced. */
export class PowerLimit {
  #limit: Limit | undefined;
  #active = false;

  /** @throws CompletionError 80h while none is active. */
  get(): Limit {
    if (this.#limit === undefined || !this.#active) throw new CompletionError(NO_ACTIVE_LIMIT);
    return this.#limit;
  }

  /** @throws CompletionError 84h for no watts at all. */
  set(limit: Limit): void {
    if (limit.watts === 0) throw new CompletionError(OUT_OF_RANGE);
    this.#limit = limit;
  }

  activate(active: boolean): void {
    this.#active = active;
  }
}
