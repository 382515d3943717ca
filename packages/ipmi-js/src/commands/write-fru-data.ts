import { layout, rest, u16, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Write FRU Data (IPMI v2.0 §34.3); `written` may be less than what was sent. */
export const writeFruData = command({
  name: 'Write FRU Data',
  spec: '§34.3',
  netFn: NETFN.storage,
  cmd: 0x12,
  privilege: 'operator',
  repeatable: true,
  request: layout().field('fruId', u8).field('offset', u16).field('data', rest),
  response: layout().field('written', u8),
  codes: { 0x80: 'write-protected offset', 0x81: 'FRU device busy' },
});
