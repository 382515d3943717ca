import { layout, nothing, u32 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SEL Time (IPMI v2.0 §31.10); seconds since 1970; below 20000000h since start-up. */
export const getSelTime = command({
  name: 'Get SEL Time',
  spec: '§31.10',
  netFn: NETFN.storage,
  cmd: 0x48,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().field('time', u32),
});
