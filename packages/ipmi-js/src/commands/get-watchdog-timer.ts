import { choice, flag, layout, nothing, u16, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Watchdog Timer (IPMI v2.0 §27.7); countdown in 100 ms. */
export const getWatchdogTimer = command({
  name: 'Get Watchdog Timer',
  spec: '§27.7',
  netFn: NETFN.app,
  cmd: 0x25,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .bits({ dontLog: flag(7), running: flag(6), use: uint(0, 3) })
    .bits({
      preTimeoutInterrupt: choice(4, 3, ['none', 'smi', 'nmi', 'messaging']),
      action: choice(0, 3, ['none', 'reset', 'power off', 'power cycle']),
    })
    .field('preTimeoutSeconds', u8)
    .field('expiredUses', u8)
    .field('countdown100ms', u16)
    .field('present100ms', u16),
});
