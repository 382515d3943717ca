import { layout, text, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get User Name (IPMI v2.0 §22.29); 16 bytes, padded with 00h. */
export const getUserName = command({
  name: 'Get User Name',
  spec: '§22.29',
  netFn: NETFN.app,
  cmd: 0x46,
  privilege: 'operator',
  repeatable: true,
  request: layout().bits({ userId: uint(0, 6) }),
  response: layout().field('name', text(16)),
});
