import { i16, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set SEL Time UTC Offset (IPMI v2.0 §31.11b); minutes from UTC. */
export const setSelUtcOffset = command({
  name: 'Set SEL Time UTC Offset',
  spec: '§31.11b',
  netFn: NETFN.storage,
  cmd: 0x5d,
  privilege: 'operator',
  repeatable: true,
  request: layout().field('minutes', i16),
  response: nothing,
});
