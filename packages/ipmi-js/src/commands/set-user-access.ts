import { flag, layout, nothing, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set User Access (IPMI v2.0 §22.26); the access bits count only with `change`. */
export const setUserAccess = command({
  name: 'Set User Access',
  spec: '§22.26',
  netFn: NETFN.app,
  cmd: 0x43,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ change: flag(7), callbackOnly: flag(6), linkAuth: flag(5), messaging: flag(4), channel: uint(0, 4) })
    .bits({ userId: uint(0, 6) })
    .bits({ privilege: uint(0, 4) })
    .optional(layout().bits({ sessionLimit: uint(0, 4) })),
  response: nothing,
});
