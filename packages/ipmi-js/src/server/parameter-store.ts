import { CompletionError } from './completion-error.ts';

const UNSUPPORTED = 0x80;
const READ_ONLY = 0x82;

/** Numbered configuration parameters as Get and Set … Configuration Parameters know them: held, not acted on. */
export class ParameterStore {
  readonly #values: Map<number, Uint8Array>;
  readonly #readOnly: ReadonlySet<number>;

  constructor(values: Iterable<readonly [number, Uint8Array]>, readOnly: Iterable<number>) {
    this.#values = new Map(values);
    this.#readOnly = new Set(readOnly);
  }

  /** @throws CompletionError 80h for a parameter that there is not. */
  get(parameter: number): Uint8Array {
    const value = this.#values.get(parameter);
    if (value === undefined) throw new CompletionError(UNSUPPORTED);
    return value;
  }

  /** @throws CompletionError 80h for a parameter that there is not, 82h for one that nobody may write. */
  set(parameter: number, data: Uint8Array): void {
    if (!this.#values.has(parameter)) throw new CompletionError(UNSUPPORTED);
    if (this.#readOnly.has(parameter)) throw new CompletionError(READ_ONLY);
    this.#values.set(parameter, Uint8Array.from(data));
  }
}
