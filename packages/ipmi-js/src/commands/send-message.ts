import { choice, flag, layout, rest, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Send Message (IPMI v2.0 §22.7); hands a message to another channel. */
export const sendMessage = command({
  name: 'Send Message',
  spec: '§22.7',
  netFn: NETFN.app,
  cmd: 0x34,
  privilege: 'user',
  repeatable: true,
  request: layout()
    .bits({
      tracking: choice(6, 2, ['none', 'request', 'raw']),
      encrypt: flag(5),
      authenticate: flag(4),
      channel: uint(0, 4),
    })
    .field('message', rest),
  response: layout().field('message', rest),
  codes: { 0x80: 'invalid session handle', 0x81: 'lost arbitration', 0x82: 'bus error', 0x83: 'NAK on write' },
});
