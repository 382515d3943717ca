import { setTimeout as sleep } from 'node:timers/promises';
import { CC } from '../codec/completion-codes.ts';
import type { ChassisAction } from '../commands/chassis-control.ts';
import { CompletionError } from './completion-error.ts';
import { HoursCounter } from './hours-counter.ts';
import { IdentifyLight } from './identify-light.ts';
import type { ChassisCallbacks, ChassisPower, Faults } from './options.ts';

type Act = (callbacks: ChassisCallbacks, cycleSeconds: number) => void | Promise<void>;

const missing = (): never => {
  throw new CompletionError(CC.invalidData);
};

/** What each Chassis Control action calls (IPMI v2.0 §28.3). */
const ACTS: Readonly<Record<ChassisAction, Act>> = {
  on: (chassis) => chassis.powerOn(),
  off: (chassis) => chassis.powerOff(),
  cycle: async (chassis, cycleSeconds) => {
    if (chassis.cycle !== undefined) return chassis.cycle();
    await chassis.powerOff();
    if (cycleSeconds > 0) await sleep(cycleSeconds * 1_000, undefined, { ref: false });
    return chassis.powerOn();
  },
  reset: (chassis) => chassis.reset(),
  nmi: (chassis) => (chassis.nmi ?? missing)(),
  soft: (chassis) => (chassis.softOff ?? missing)(),
};

/** The power after actions that leave no doubt of it. */
const POWER_AFTER: Readonly<Partial<Record<ChassisAction, ChassisPower>>> = { on: 'on', cycle: 'on', off: 'off' };

const isAction = (name: string): name is ChassisAction => name in ACTS;

/** Runs chassis actions one at a time and reports the power state, honestly or as the faults say. */
export class Chassis {
  readonly #callbacks: ChassisCallbacks;
  readonly #faults: Faults;
  #running: Promise<void> = Promise.resolve();
  #stale: { power: ChassisPower; until: number } | undefined;
  /** True when the last power-on came by Chassis Control. */
  lastOnByIpmi = false;
  /** Restart cause number for Get System Restart Cause (IPMI v2.0 §28.11). */
  restartCause = 0;
  /** Power restore policy number (IPMI v2.0 §28.8). */
  restorePolicy = 0;
  /** Seconds between off and on of a cycle that the owner leaves to us (IPMI v2.0 §28.9). */
  cycleSeconds = 0;
  readonly light = new IdentifyLight();
  readonly #hours: HoursCounter;

  /** @param ranMinutes power-on time of the machine so far */
  constructor(callbacks: ChassisCallbacks, faults: Faults, ranMinutes: number) {
    this.#callbacks = callbacks;
    this.#faults = faults;
    this.#hours = new HoursCounter(ranMinutes, () => performance.now());
  }

  /** Power-on time up to now. */
  async ranMinutes(): Promise<number> {
    this.#note(await this.#callbacks.getPower());
    return this.#hours.minutes;
  }

  /** The power state to report. */
  power(): ChassisPower | Promise<ChassisPower> {
    if (this.#faults.lyingPower !== undefined) return this.#faults.lyingPower;
    if (this.#stale !== undefined && performance.now() < this.#stale.until) return this.#stale.power;
    const power = this.#callbacks.getPower();
    return power instanceof Promise ? power.then((known) => this.#note(known)) : this.#note(power);
  }

  /** Does an action after those that were asked for earlier. */
  async control(action: string): Promise<void> {
    if (!isAction(action)) throw new CompletionError(CC.invalidData);
    const before = this.#running;
    const run = (async () => {
      await before;
      await this.#act(action);
    })();
    this.#running = run.catch(() => {});
    await run;
  }

  async identify(seconds: number | 'forever'): Promise<void> {
    await this.#callbacks.identify?.(seconds);
    this.light.set(seconds);
  }

  #note(power: ChassisPower): ChassisPower {
    this.#hours.observe(power);
    return power;
  }

  async #act(action: ChassisAction): Promise<void> {
    const { slowPowerMs } = this.#faults;
    if (slowPowerMs > 0) {
      const power = await this.#callbacks.getPower();
      this.#stale = { power, until: performance.now() + slowPowerMs };
    }
    await ACTS[action](this.#callbacks, this.cycleSeconds);
    const after = POWER_AFTER[action];
    if (after !== undefined) this.#note(after);
    if (action === 'on' || action === 'cycle') this.lastOnByIpmi = true;
    if (action === 'on' || action === 'cycle' || action === 'reset') this.restartCause = 1;
  }
}
