import { layout, nothing, rest, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Message (IPMI v2.0 §22.6); takes one message from the receive queue. Most BMCs serve it over their system interface only. */
export const getMessage = command({
  name: 'Get Message',
  spec: '§22.6',
  netFn: NETFN.app,
  cmd: 0x33,
  privilege: 'administrator',
  repeatable: false,
  request: nothing,
  response: layout()
    .bits({ privilege: uint(4, 4), channel: uint(0, 4) })
    .field('message', rest),
  codes: { 0x80: 'data not available, queue empty' },
});
