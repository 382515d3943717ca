import { CC } from '../codec/completion-codes.ts';
import { CompletionError } from './completion-error.ts';
import type { VirtualBmcOptions } from './options.ts';
import type { SelStore } from './sel-store.ts';
import { PefParameters } from './pef-parameters.ts';

const NO_RECORD = 0xffff;
const ASK = 0xff;
const TEMPORARILY_OFF = 0xfe;
const ALERT_RUNS = 0x81;

/** How the last immediate alert went (IPMI v2.0 §30.7). */
const ALERT = { none: 0x00, done: 0x01, failed: 0x03, runs: 0xff } as const;

/** Platform event filtering of a virtual BMC: settings, the postpone timer, and alerts by the owner's callback. */
export class Pef {
  readonly parameters = new PefParameters();
  /** The last record that the BMC has dealt with. */
  lastByBmc = NO_RECORD;
  #lastBySoftware = NO_RECORD;
  readonly #alert: VirtualBmcOptions['onAlert'];
  readonly #sel: Pick<SelStore, 'lastId' | 'lastAddedAt'>;
  #postponeSeconds = 0;
  #armedAt = 0;
  #alertStatus: number = ALERT.none;

  constructor(alert: VirtualBmcOptions['onAlert'], sel: Pick<SelStore, 'lastId' | 'lastAddedAt'>) {
    this.#alert = alert;
    this.#sel = sel;
  }

  /** The last record that the system's software has dealt with; the postpone timer starts anew when it is set. */
  get lastBySoftware(): number {
    return this.#lastBySoftware;
  }

  set lastBySoftware(recordId: number) {
    this.#lastBySoftware = recordId;
    this.#armedAt = performance.now();
  }

  /** Arms the postpone timer, switches it off, or only asks (FFh); gives what is left of it. */
  postpone(seconds: number): number {
    if (seconds !== ASK) {
      this.#postponeSeconds = seconds;
      this.#armedAt = performance.now();
    }
    // It counts while the log has a record that software has not dealt with (IPMI v2.0 §30.2).
    const counts = this.#postponeSeconds < TEMPORARILY_OFF && this.#sel.lastId !== this.#lastBySoftware;
    if (!counts) return this.#postponeSeconds;
    const since = Math.max(this.#armedAt, this.#sel.lastAddedAt);
    return Math.max(0, Math.ceil(this.#postponeSeconds - (performance.now() - since) / 1_000));
  }

  /** Begins an alert; its outcome is asked for later. @throws CompletionError 81h while one runs, CBh without a destination */
  startAlert(destination: number): void {
    const send = this.#alert;
    if (send === undefined || destination === 0) throw new CompletionError(CC.notPresent);
    if (this.#alertStatus === ALERT.runs) throw new CompletionError(ALERT_RUNS);
    this.#alertStatus = ALERT.runs;
    void (async () => {
      try {
        await send(destination);
        this.#alertStatus = ALERT.done;
      } catch {
        this.#alertStatus = ALERT.failed;
      }
    })();
  }

  get alertStatus(): number {
    return this.#alertStatus;
  }

  clearAlertStatus(): void {
    if (this.#alertStatus !== ALERT.runs) this.#alertStatus = ALERT.none;
  }
}
