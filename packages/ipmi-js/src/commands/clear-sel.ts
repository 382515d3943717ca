import { layout, u16, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Clear SEL (IPMI v2.0 §31.9); action AAh begins, 00h asks; progress 1 = done. */
export const clearSel = command({
  name: 'Clear SEL',
  spec: '§31.9',
  netFn: NETFN.storage,
  cmd: 0x47,
  privilege: 'operator',
  repeatable: true,
  request: layout().field('reservation', u16).constant(0x43).constant(0x4c).constant(0x52).field('action', u8),
  response: layout().bits({ progress: uint(0, 4) }),
});
