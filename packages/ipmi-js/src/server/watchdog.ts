import { CC } from '../codec/completion-codes.ts';
import type { getWatchdogTimer } from '../commands/get-watchdog-timer.ts';
import type { setWatchdogTimer } from '../commands/set-watchdog-timer.ts';
import type { Chassis } from './chassis.ts';
import { CompletionError } from './completion-error.ts';

type Setting = ReturnType<typeof setWatchdogTimer.request.read>;

const NEVER_SET = 0x80;
const TICK_MS = 100;

/** What the timer does to the chassis when it runs out, by the command's own names. */
const ACTIONS: Readonly<Record<string, string>> = { reset: 'reset', 'power off': 'off', 'power cycle': 'cycle' };
const NOT_SET: Setting = {
  dontLog: false,
  dontStop: false,
  use: 0,
  preTimeoutInterrupt: 'none',
  action: 'none',
  preTimeoutSeconds: 0,
  expiredUses: 0,
  countdown100ms: 0,
};

/** The watchdog timer (IPMI v2.0 §27): runs out unless it is reset in time, and then acts on the chassis. */
export class Watchdog {
  readonly #chassis: Pick<Chassis, 'control'>;
  #setting: Setting | undefined;
  /** Bit n: the timer use n has run out. */
  #expiredUses = 0;
  #timer: NodeJS.Timeout | undefined;
  #endsAt = 0;

  constructor(chassis: Pick<Chassis, 'control'>) {
    this.#chassis = chassis;
  }

  /** Takes a setting; a running timer stops unless the setting says not to. Its expired uses are cleared, as ones in `expiredUses` ask. */
  set(setting: Setting): void {
    if (setting.preTimeoutSeconds * 1000 > setting.countdown100ms * TICK_MS) throw new CompletionError(CC.invalidData);
    const wasRunning = this.#timer !== undefined;
    this.#expiredUses &= ~setting.expiredUses;
    this.#setting = setting;
    this.stop();
    if (wasRunning && setting.dontStop) this.reset();
  }

  /** Starts the countdown anew. @throws CompletionError 80h when it was never set */
  reset(): void {
    const setting = this.#setting;
    if (setting === undefined) throw new CompletionError(NEVER_SET);
    this.stop();
    const lastsMs = setting.countdown100ms * TICK_MS;
    this.#endsAt = performance.now() + lastsMs;
    this.#timer = setTimeout(() => void this.#expire(setting), lastsMs).unref();
  }

  get(): ReturnType<typeof getWatchdogTimer.response.read> {
    const { dontStop: _dontStop, ...setting } = this.#setting ?? NOT_SET;
    const leftMs = this.#timer === undefined ? setting.countdown100ms * TICK_MS : this.#endsAt - performance.now();
    return {
      ...setting,
      running: this.#timer !== undefined,
      expiredUses: this.#expiredUses,
      present100ms: Math.max(0, Math.ceil(leftMs / TICK_MS)),
    };
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #expire({ use, action }: Setting): Promise<void> {
    this.#timer = undefined;
    this.#expiredUses |= 1 << use;
    const act = ACTIONS[action];
    // Nobody waits for the answer of a chassis that refuses.
    if (act !== undefined) await this.#chassis.control(act).catch(() => {});
  }
}
