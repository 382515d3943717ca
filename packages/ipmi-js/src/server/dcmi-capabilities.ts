import { CC } from '../codec/completion-codes.ts';
import { BMC_ADDRESS } from '../codec/message.ts';
import { CompletionError } from './completion-error.ts';
import type { BmcParts } from './handler.ts';

const POWER_MANAGEMENT = 0b0000_0001;
/** Nothing but the primary LAN channel, which every BMC has: no second one, no serial, no system interface. */
const ACCESS = 0;
const LAN_CHANNEL = 1;
const ABSENT = 0xff;
const SAMPLE_SECONDS = 1;

/** Capability parameters by number (DCMI v1.5 table 6-3). */
const PARAMETERS: Readonly<Record<number, (bmc: BmcParts) => readonly number[]>> = {
  1: ({ powerMeter }) => [0, powerMeter === undefined ? 0 : POWER_MANAGEMENT, ACCESS],
  2: ({ sel }) => [sel.capacity & 0xff, (sel.capacity >> 8) & 0x0f, 0, 0, SAMPLE_SECONDS],
  3: () => [BMC_ADDRESS, 0],
  4: () => [LAN_CHANNEL, ABSENT, ABSENT],
};

/** @throws CompletionError CCh for parameters that there are not */
export function dcmiCapabilities(parameter: number, bmc: BmcParts): Uint8Array {
  const values = PARAMETERS[parameter];
  if (values === undefined) throw new CompletionError(CC.invalidData);
  return Uint8Array.from(values(bmc));
}
