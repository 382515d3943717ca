import { layout, u16 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Delete SEL Entry (IPMI v2.0 §31.8); needs a reservation. */
export const deleteSelEntry = command({
  name: 'Delete SEL Entry',
  spec: '§31.8',
  netFn: NETFN.storage,
  cmd: 0x46,
  privilege: 'operator',
  repeatable: false,
  request: layout().field('reservation', u16).field('recordId', u16),
  response: layout().field('recordId', u16),
  codes: { 0x80: 'operation not supported for this record type', 0x81: 'cannot execute, SEL erase in progress' },
});
