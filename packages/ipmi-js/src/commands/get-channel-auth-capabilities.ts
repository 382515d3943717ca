import { flag, layout, u24, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Channel Authentication Capabilities (IPMI v2.0 §22.13), sent outside sessions in 1.5 framing. */
export const getChannelAuthCapabilities = command({
  name: 'Get Channel Authentication Capabilities',
  spec: '§22.13',
  netFn: NETFN.app,
  cmd: 0x38,
  privilege: 'callback',
  repeatable: true,
  request: layout()
    .bits({
      /** Ask for IPMI 2.0 data; some 1.5 BMCs refuse the bit. */
      wantExtended: flag(7),
      channel: uint(0, 4),
    })
    .bits({ privilege: uint(0, 4) }),
  response: layout()
    .field('channel', u8)
    .bits({
      extended: flag(7),
      oemAuth: flag(5),
      straightPassword: flag(4),
      md5: flag(2),
      md2: flag(1),
      none: flag(0),
    })
    .bits({
      kgSet: flag(5),
      perMessageAuthDisabled: flag(4),
      userLevelAuthDisabled: flag(3),
      nonNullUsers: flag(2),
      nullUsers: flag(1),
      anonymousLogin: flag(0),
    })
    .bits({ ipmi20: flag(1), ipmi15: flag(0) })
    .field('oemId', u24)
    .field('oemData', u8),
});
