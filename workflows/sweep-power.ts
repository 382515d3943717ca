import type { SweepResult } from '../activities/fleet.ts';
import { sweeping } from './proxies.ts';

/** Reads the power of all machines of a site; only changes are written. */
export function sweepPower({ site }: { readonly site: string }): Promise<SweepResult> {
  return sweeping.sweepPower.executeWithOptions({ summary: `power of site "${site}"` }, [{ site }]);
}
