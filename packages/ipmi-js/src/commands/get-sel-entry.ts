import { layout, rest, u16, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SEL Entry (IPMI v2.0 §31.5); record 0000h is the first, FFFFh the last. */
export const getSelEntry = command({
  name: 'Get SEL Entry',
  spec: '§31.5',
  netFn: NETFN.storage,
  cmd: 0x43,
  privilege: 'user',
  repeatable: true,
  request: layout().field('reservation', u16).field('recordId', u16).field('offset', u8).field('count', u8),
  response: layout().field('nextId', u16).field('record', rest),
  codes: { 0x81: 'cannot execute, SEL erase in progress' },
});
