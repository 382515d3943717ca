import { nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Reset Watchdog Timer (IPMI v2.0 §27.5); starts the countdown anew. */
export const resetWatchdogTimer = command({
  name: 'Reset Watchdog Timer',
  spec: '§27.5',
  netFn: NETFN.app,
  cmd: 0x22,
  privilege: 'operator',
  repeatable: true,
  request: nothing,
  response: nothing,
  codes: { 0x80: 'watchdog was never set' },
});
