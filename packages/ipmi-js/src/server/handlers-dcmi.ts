import { CC } from '../codec/completion-codes.ts';
import { activateDcmiPowerLimit } from '../commands/activate-dcmi-power-limit.ts';
import { getDcmiCapabilities } from '../commands/get-dcmi-capabilities.ts';
import { getDcmiPowerLimit } from '../commands/get-dcmi-power-limit.ts';
import { getDcmiPowerReading } from '../commands/get-dcmi-power-reading.ts';
import { setDcmiPowerLimit } from '../commands/set-dcmi-power-limit.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';
import type { PowerLimit } from './power-limit.ts';

const POWER_MANAGEMENT = 0x01;
const PERIOD_MS = 1000;

function watts({ bmc: { options } }: Context): number {
  if (options.watts === undefined) throw new CompletionError(CC.invalidCommand);
  return typeof options.watts === 'function' ? options.watts() : options.watts;
}

/** @throws CompletionError C1h for a BMC without power management. */
function limit(context: Context): PowerLimit {
  watts(context);
  return context.bmc.powerLimit;
}

/** Power by DCMI v1.5, for BMCs that are told their watts. */
export const DCMI_HANDLERS: readonly Handler[] = [
  handle(getDcmiCapabilities, ({ parameter }, context) => {
    watts(context);
    if (parameter !== 1) throw new CompletionError(CC.invalidData);
    const data = Uint8Array.of(0, POWER_MANAGEMENT, 0b0000_0111);
    return { major: 1, minor: 5, revision: 2, data };
  }),
  handle(getDcmiPowerReading, (_, context) => {
    const now = watts(context);
    return {
      watts: now,
      minimum: now,
      maximum: now,
      average: now,
      timestamp: Math.floor(Date.now() / 1000),
      periodMs: PERIOD_MS,
      active: true,
    };
  }),
  handle(getDcmiPowerLimit, (_, context) => limit(context).get()),
  handle(setDcmiPowerLimit, (wanted, context) => (limit(context).set(wanted), {})),
  handle(activateDcmiPowerLimit, ({ active }, context) => (limit(context).activate(active === 1), {})),
];
