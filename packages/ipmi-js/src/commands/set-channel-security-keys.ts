import { choice, layout, rest, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Channel Security Keys (IPMI v2.0 §22.25); key 0 is KR, 1 is Kg. */
export const setChannelSecurityKeys = command({
  name: 'Set Channel Security Keys',
  spec: '§22.25',
  netFn: NETFN.app,
  cmd: 0x56,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .bits({ operation: choice(0, 2, ['read', 'set', 'lock']) })
    .field('key', u8)
    .field('value', rest),
  response: layout()
    .bits({ locked: choice(0, 2, ['not lockable', 'locked', 'unlocked']) })
    .field('value', rest),
  codes: {
    0x80: 'cannot change a locked key',
    0x81: 'too few key bytes',
    0x82: 'too many key bytes',
    0x83: 'key value does not meet the rules',
    0x84: 'KR is not used',
  },
});
