import { fields, numberOf, verb } from '../verb.ts';
import type { Verbs } from '../verb.ts';

const print = verb('[ID]', async ({ bmc }, [id = '0']) => fields(await bmc.fru.read(numberOf(id, 'fru print'))));

/** FRU inventory. */
export const FRU_VERBS: Verbs = { fru: print, 'fru print': print };
