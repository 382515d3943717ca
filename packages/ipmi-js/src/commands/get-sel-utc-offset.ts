import { i16, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SEL Time UTC Offset (IPMI v2.0 §31.11a); 07FFh means unspecified. */
export const getSelUtcOffset = command({
  name: 'Get SEL Time UTC Offset',
  spec: '§31.11a',
  netFn: NETFN.storage,
  cmd: 0x5c,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().field('minutes', i16),
});
