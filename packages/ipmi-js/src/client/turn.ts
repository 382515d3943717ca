import type { Call } from '../session/call.ts';

/** Lets one call at a time through, in order; waiting ends with the call's deadline or abort. */
export class Turn {
  #busy = false;
  readonly #queue: (() => void)[] = [];

  get isBusy(): boolean {
    return this.#busy;
  }

  /** Runs `work` when its turn comes. @throws IpmiError `IpmiTimeout` or `IpmiAborted` while waiting. */
  async take<T>(call: Call, work: () => Promise<T>): Promise<T> {
    if (this.#busy) await this.#wait(call);
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
      this.#queue.shift()?.();
    }
  }

  async #wait(call: Call): Promise<void> {
    while (this.#busy) {
      const mine = await call.wait<true>(Infinity, (done) => {
        const wake = (): void => done(true);
        this.#queue.push(wake);
        return () => {
          const at = this.#queue.indexOf(wake);
          if (at >= 0) this.#queue.splice(at, 1);
        };
      });
      if (mine !== true) throw call.timeout('waiting for earlier commands to the same BMC');
    }
  }
}
