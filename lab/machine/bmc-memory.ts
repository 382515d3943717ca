import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { BootFlags } from 'ipmi-js/server';
import type { BootPlan } from './boot-plan.ts';

/** What a BMC remembers while no process runs it. */
export interface BmcMemory {
  readonly bootFlags: Partial<BootFlags>;
  /** How the machine was last started; tells whether a reset must start it in another way. */
  readonly lastPlan: BootPlan | null;
  /** When the firmware settings last went back to factory. */
  readonly cmosClearedAt: string | null;
  readonly powerOns: number;
}

const EMPTY: BmcMemory = { bootFlags: {}, lastPlan: null, cmosClearedAt: null, powerOns: 0 };

/** The memory in the file; a new BMC's when there is none. */
export const readMemory = (path: string): BmcMemory => {
  try {
    return { ...EMPTY, ...(JSON.parse(readFileSync(path, 'utf8')) as Partial<BmcMemory>) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY;
    throw error;
  }
};

/** Changes the memory. Synchronous, so that it is kept before the BMC answers. */
export const remember = (path: string, change: Partial<BmcMemory>): void => {
  writeFileSync(`${path}.new`, JSON.stringify({ ...readMemory(path), ...change }));
  renameSync(`${path}.new`, path);
};
