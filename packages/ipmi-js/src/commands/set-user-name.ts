import { layout, nothing, text, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set User Name (IPMI v2.0 §22.28); 16 bytes, padded with 00h. */
export const setUserName = command({
  name: 'Set User Name',
  spec: '§22.28',
  netFn: NETFN.app,
  cmd: 0x45,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ userId: uint(0, 6) })
    .field('name', text(16)),
  response: nothing,
});
