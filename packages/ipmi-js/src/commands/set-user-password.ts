import { choice, flag, layout, nothing, rest, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set User Password (IPMI v2.0 §22.30); 16 or 20 bytes for `set` and `test`, none else. */
export const setUserPassword = command({
  name: 'Set User Password',
  spec: '§22.30',
  netFn: NETFN.app,
  cmd: 0x47,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ twentyBytes: flag(7), userId: uint(0, 6) })
    .bits({ operation: choice(0, 2, ['disable', 'enable', 'set', 'test']) })
    .field('password', rest),
  response: nothing,
  codes: { 0x80: 'password test failed, password does not match', 0x81: 'password test failed, wrong password size' },
});
