import { flag, layout, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get User Payload Access (IPMI v2.0 §24.7); bit 1 is serial over LAN. */
export const getUserPayloadAccess = command({
  name: 'Get User Payload Access',
  spec: '§24.7',
  netFn: NETFN.app,
  cmd: 0x4d,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .bits({ userId: uint(0, 6) }),
  response: layout()
    .bits({ sol: flag(1) })
    .reserved(1)
    .field('oem', u8)
    .reserved(1),
});
