import type { Call } from '../session/call.ts';

/** Lets one call at a time through, in order; waiting ends with the call's deadline or abort. */
export class Turn {
  /** Whose turn it is. */
  #holder: Call | undefined;
  readonly #queue: (() => void)[] = [];

  get isBusy(): boolean {
    return this.#holder !== undefined;
  }

  /**
   * Runs `work` when its turn comes.
   * @throws IpmiError while waiting: `IpmiAborted`, or at the deadline `IpmiTimeout` or what holds up the call before
   */
  async take<T>(call: Call, work: () => Promise<T>): Promise<T> {
    if (this.isBusy) await this.#wait(call);
    this.#holder = call;
    try {
      return await work();
    } finally {
      this.#holder = undefined;
      this.#queue.shift()?.();
    }
  }

  async #wait(call: Call): Promise<void> {
    while (this.isBusy) {
      const holder = this.#holder;
      const mine = await call.wait<true>(Infinity, (done) => {
        const wake = (): void => done(true);
        this.#queue.push(wake);
        return () => {
          const at = this.#queue.indexOf(wake);
          if (at >= 0) this.#queue.splice(at, 1);
        };
      });
      // What held up the call before is all that is known of the BMC.
      call.hindrance = holder?.hindrance;
      if (mine !== true) throw call.timeout('waiting for earlier commands to the same BMC');
    }
  }
}
