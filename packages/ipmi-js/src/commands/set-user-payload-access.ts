import { choice, flag, layout, nothing, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set User Payload Access (IPMI v2.0 §24.6); only set bits change. */
export const setUserPayloadAccess = command({
  name: 'Set User Payload Access',
  spec: '§24.6',
  netFn: NETFN.app,
  cmd: 0x4c,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .bits({ operation: choice(6, 2, ['enable', 'disable']), userId: uint(0, 6) })
    .bits({ sol: flag(1) })
    .reserved(1)
    .field('oem', u8)
    .reserved(1),
  response: nothing,
});
