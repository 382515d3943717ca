import { layout, nothing, u32, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Close Session (IPMI v2.0 §22.19); id 0 needs the handle. */
export const closeSession = command({
  name: 'Close Session',
  spec: '§22.19',
  netFn: NETFN.app,
  cmd: 0x3c,
  privilege: 'callback',
  repeatable: true,
  request: layout().field('sessionId', u32).optional(layout().field('handle', u8)),
  response: nothing,
  codes: { 0x87: 'invalid session id in request', 0x88: 'invalid session handle in request' },
});
