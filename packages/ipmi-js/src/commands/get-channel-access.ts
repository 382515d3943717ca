import { choice, flag, layout, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Channel Access (IPMI v2.0 §22.23); the highest privilege on the channel. */
export const getChannelAccess = command({
  name: 'Get Channel Access',
  spec: '§22.23',
  netFn: NETFN.app,
  cmd: 0x41,
  privilege: 'user',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .bits({ stored: choice(6, 2, ['none', 'non-volatile', 'present']) }),
  response: layout()
    .bits({
      alertingDisabled: flag(5),
      perMessageAuthDisabled: flag(4),
      userAuthDisabled: flag(3),
      mode: choice(0, 3, ['disabled', 'pre-boot', 'always', 'shared']),
    })
    .bits({ privilege: uint(0, 4) }),
});
