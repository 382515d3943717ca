import { CC } from '../codec/completion-codes.ts';
import type { ChassisAction } from '../commands/chassis-control.ts';
import { CompletionError } from './completion-error.ts';
import type { ChassisCallbacks, ChassisPower, Faults } from './options.ts';

type Act = (callbacks: ChassisCallbacks) => void | Promise<void>;

const missing = (): never => {
  throw new CompletionError(CC.invalidData);
};

/** What each Chassis Control action calls (IPMI v2.0 §28.3). */
const ACTS: Readonly<Record<ChassisAction, Act>> = {
  on: (chassis) => chassis.powerOn(),
  off: (chassis) => chassis.powerOff(),
  cycle: async (chassis) => {
    if (chassis.cycle !== undefined) return chassis.cycle();
    await chassis.powerOff();
    return chassis.powerOn();
  },
  reset: (chassis) => chassis.reset(),
  nmi: (chassis) => (chassis.nmi ?? missing)(),
  soft: (chassis) => (chassis.softOff ?? missing)(),
};

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

  constructor(callbacks: ChassisCallbacks, faults: Faults) {
    this.#callbacks = callbacks;
    this.#faults = faults;
  }

  /** The power state to report. */
  power(): ChassisPower | Promise<ChassisPower> {
    if (this.#faults.lyingPower !== undefined) return this.#faults.lyingPower;
    if (this.#stale !== undefined && performance.now() < this.#stale.until) return this.#stale.power;
    return this.#callbacks.getPower();
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
  }

  async #act(action: ChassisAction): Promise<void> {
    const { slowPowerMs } = this.#faults;
    if (slowPowerMs > 0) {
      const power = await this.#callbacks.getPower();
      this.#stale = { power, until: performance.now() + slowPowerMs };
    }
    await ACTS[action](this.#callbacks);
    if (action === 'on' || action === 'cycle') this.lastOnByIpmi = true;
    if (action === 'on' || action === 'cycle' || action === 'reset') this.restartCause = 1;
  }
}
