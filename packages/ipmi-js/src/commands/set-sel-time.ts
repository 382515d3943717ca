import { layout, nothing, u32 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set SEL Time (IPMI v2.0 §31.11); seconds since 1970. */
export const setSelTime = command({
  name: 'Set SEL Time',
  spec: '§31.11',
  netFn: NETFN.storage,
  cmd: 0x49,
  privilege: 'operator',
  repeatable: true,
  request: layout().field('time', u32),
  response: nothing,
});
