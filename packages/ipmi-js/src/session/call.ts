import { IpmiError } from '../errors.ts';

/** What a call is about and how long it may take. */
export interface CallFacts {
  /** `host:port`, for messages. */
  readonly bmc: string;
  /** Name of the command, for messages. */
  readonly command: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** One call of the caller's: its deadline and abort signal, which bound every wait on its way. */
export class Call {
  readonly bmc: string;
  readonly command: string;
  readonly #deadlineMs: number;
  readonly #endsAt: number;
  readonly #signal: AbortSignal | undefined;
  /** What is known to hold the call up: it says more than silence when the deadline comes. */
  hindrance: IpmiError | undefined;

  constructor(facts: CallFacts) {
    this.bmc = facts.bmc;
    this.command = facts.command;
    this.#deadlineMs = facts.deadlineMs;
    this.#endsAt = performance.now() + facts.deadlineMs;
    this.#signal = facts.signal;
    this.throwIfAborted();
  }

  /** Milliseconds left, never negative. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** @throws IpmiError `IpmiAborted`. */
  throwIfAborted(): void {
    if (this.#signal?.aborted === true) throw this.#aborted();
  }

  /** @throws IpmiError `IpmiAborted`, or {@link timeout} when the deadline has passed. */
  check(doing: string): void {
    this.throwIfAborted();
    if (this.remainingMs <= 0) throw this.timeout(doing);
  }

  /** The error for a deadline that came: what held the call up, or that the BMC said nothing. */
  timeout(doing: string): IpmiError {
    const { bmc, command, hindrance } = this;
    if (hindrance === undefined) {
      return new IpmiError(
        'IpmiTimeout',
        `${command} on ${bmc}: no answer within ${this.#deadlineMs} ms while ${doing}; ` +
          'check address, port, that IPMI over LAN is enabled, and the network between',
        { bmc, command },
      );
    }
    const { code, message, rmcpStatus } = hindrance;
    return new IpmiError(code, `${command} on ${bmc}: not done within ${this.#deadlineMs} ms. ${message}`, {
      bmc,
      command,
      rmcpStatus,
      cause: hindrance,
    });
  }

  /**
   * Waits until `begin`'s callback is called, `ms` passed or the deadline came. `begin` returns what undoes it.
   * @returns the value, or undefined when time ran out
   */
  wait<T>(ms: number, begin: (done: (value: T) => void) => () => void): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#signal?.removeEventListener('abort', onAbort);
        undo();
      };
      const finish = (value: T | undefined): void => {
        stop();
        resolve(value);
      };
      const onAbort = (): void => {
        stop();
        reject(this.#aborted());
      };
      const timer = setTimeout(() => finish(undefined), Math.min(ms, this.remainingMs));
      const undo = begin(finish);
      if (this.#signal === undefined) return;
      if (this.#signal.aborted) return onAbort();
      this.#signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Lets time pass; shorter when the deadline comes first. */
  async sleep(ms: number): Promise<void> {
    if (ms > 0) await this.wait<void>(ms, () => () => {});
    this.throwIfAborted();
  }

  #aborted(): IpmiError {
    return new IpmiError('IpmiAborted', `${this.command} on ${this.bmc}: aborted by the caller`, {
      bmc: this.bmc,
      command: this.command,
      cause: this.#signal?.reason,
    });
  }
}
