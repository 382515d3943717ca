import { choice, flag, layout, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get User Access (IPMI v2.0 §22.27); privilege 0Fh = no access. */
export const getUserAccess = command({
  name: 'Get User Access',
  spec: '§22.27',
  netFn: NETFN.app,
  cmd: 0x44,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .bits({ userId: uint(0, 6) }),
  response: layout()
    .bits({ maxUsers: uint(0, 6) })
    .bits({ status: choice(6, 2, ['unspecified', 'enabled', 'disabled']), enabledUsers: uint(0, 6) })
    .bits({ fixedNames: uint(0, 6) })
    .bits({ callbackOnly: flag(6), linkAuth: flag(5), messaging: flag(4), privilege: uint(0, 4) }),
});
