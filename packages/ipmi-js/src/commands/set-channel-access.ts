import { choice, flag, layout, nothing, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Channel Access (IPMI v2.0 §22.22); `change` says which copy. */
export const setChannelAccess = command({
  name: 'Set Channel Access',
  spec: '§22.22',
  netFn: NETFN.app,
  cmd: 0x40,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .bits({
      alertingDisabled: flag(5),
      perMessageAuthDisabled: flag(4),
      userAuthDisabled: flag(3),
      change: choice(6, 2, ['none', 'non-volatile', 'present']),
      mode: choice(0, 3, ['disabled', 'pre-boot', 'always', 'shared']),
    })
    .bits({ changePrivilege: choice(6, 2, ['none', 'non-volatile', 'present']), privilege: uint(0, 4) }),
  response: nothing,
  codes: { 0x82: 'set not supported on this channel', 0x83: 'access mode not supported' },
});
