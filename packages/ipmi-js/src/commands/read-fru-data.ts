import { layout, rest, u16, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Read FRU Data (IPMI v2.0 §34.2); up to `count` units from `offset`. */
export const readFruData = command({
  name: 'Read FRU Data',
  spec: '§34.2',
  netFn: NETFN.storage,
  cmd: 0x11,
  privilege: 'user',
  repeatable: true,
  request: layout().field('fruId', u8).field('offset', u16).field('count', u8),
  response: layout().field('count', u8).field('data', rest),
  codes: { 0x81: 'FRU device busy' },
});
