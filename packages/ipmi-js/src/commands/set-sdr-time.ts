import { layout, nothing, u32 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set SDR Repository Time (IPMI v2.0 §33.18); seconds since 1970. */
export const setSdrTime = command({
  name: 'Set SDR Repository Time',
  spec: '§33.18',
  netFn: NETFN.storage,
  cmd: 0x29,
  privilege: 'operator',
  repeatable: true,
  request: layout().field('time', u32),
  response: nothing,
});
