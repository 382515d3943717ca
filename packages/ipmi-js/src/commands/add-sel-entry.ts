import { bytes, layout, u16 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Add SEL Entry (IPMI v2.0 §31.6); the BMC gives record id and, for system events, the time. */
export const addSelEntry = command({
  name: 'Add SEL Entry',
  spec: '§31.6',
  netFn: NETFN.storage,
  cmd: 0x44,
  privilege: 'operator',
  repeatable: false,
  request: layout().field('record', bytes(16)),
  response: layout().field('recordId', u16),
  codes: { 0x80: 'operation not supported for this record type', 0x81: 'cannot execute, SEL erase in progress' },
});
