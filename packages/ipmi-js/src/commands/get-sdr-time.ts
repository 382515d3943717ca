import { layout, nothing, u32 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SDR Repository Time (IPMI v2.0 §33.17); seconds since 1970; below 20000000h since start-up. */
export const getSdrTime = command({
  name: 'Get SDR Repository Time',
  spec: '§33.17',
  netFn: NETFN.storage,
  cmd: 0x28,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().field('time', u32),
});
