import { choice, flag, layout, nothing, u16, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Watchdog Timer (IPMI v2.0 §27.6); countdown in 100 ms. */
export const setWatchdogTimer = command({
  name: 'Set Watchdog Timer',
  spec: '§27.6',
  netFn: NETFN.app,
  cmd: 0x24,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .bits({ dontLog: flag(7), dontStop: flag(6), use: uint(0, 3) })
    .bits({
      preTimeoutInterrupt: choice(4, 3, ['none', 'smi', 'nmi', 'messaging']),
      action: choice(0, 3, ['none', 'reset', 'power off', 'power cycle']),
    })
    .field('preTimeoutSeconds', u8)
    .field('expiredUses', u8)
    .field('countdown100ms', u16),
  response: nothing,
});
