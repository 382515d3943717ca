import type { Bmc } from 'ipmi-js';
import type { Health } from '../../domain/health.ts';

type ChassisStatus = Awaited<ReturnType<Bmc['getChassisStatus']>>;
type Fault = { [Name in keyof ChassisStatus]: ChassisStatus[Name] extends boolean ? Name : never }[keyof ChassisStatus];

/** What stops a machine, or will soon; what somebody should look at (IPMI v2.0 table 28-3). */
const FAULTS = {
  Critical: ['powerFault', 'powerOverload', 'coolingFault'],
  Warning: ['driveFault', 'powerControlFault'],
} as const satisfies Record<string, readonly Fault[]>;

/** The health of a machine by the faults in its chassis status, which is read for its power anyway. */
export function healthOf(status: ChassisStatus): Health {
  if (FAULTS.Critical.some((fault) => status[fault])) return 'Critical';
  return FAULTS.Warning.some((fault) => status[fault]) ? 'Warning' : 'OK';
}
