import { choice, layout, u16, u24, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Channel Info (IPMI v2.0 §22.24); medium 4 = LAN 802.3. */
export const getChannelInfo = command({
  name: 'Get Channel Info',
  spec: '§22.24',
  netFn: NETFN.app,
  cmd: 0x42,
  privilege: 'user',
  repeatable: true,
  request: layout().bits({ channel: uint(0, 4) }),
  response: layout()
    .bits({ channel: uint(0, 4) })
    .bits({ medium: uint(0, 7) })
    .bits({ protocol: uint(0, 5) })
    .bits({ sessions: choice(6, 2, ['none', 'single', 'multi', 'session']), active: uint(0, 6) })
    .field('vendor', u24)
    .field('auxiliary', u16),
});
