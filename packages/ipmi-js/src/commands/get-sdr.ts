import { layout, rest, u16, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SDR (IPMI v2.0 §33.12); record 0000h is the first, next FFFFh the end, count FFh the whole record. */
export const getSdr = command({
  name: 'Get SDR',
  spec: '§33.12',
  netFn: NETFN.storage,
  cmd: 0x23,
  privilege: 'user',
  repeatable: true,
  request: layout().field('reservation', u16).field('recordId', u16).field('offset', u8).field('count', u8),
  response: layout().field('nextId', u16).field('data', rest),
});
