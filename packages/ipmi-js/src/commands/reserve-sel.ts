import { layout, nothing, u16 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Reserve SEL (IPMI v2.0 §31.4); needed to clear and delete. */
export const reserveSel = command({
  name: 'Reserve SEL',
  spec: '§31.4',
  netFn: NETFN.storage,
  cmd: 0x42,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().field('reservation', u16),
  codes: { 0x81: 'cannot execute, SEL erase in progress' },
});
