import { layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Management Controller Identifier String (DCMI v1.5 §6.4.6.2); up to 16 bytes at a time, the last ended by 00h. */
export const setDcmiControllerId = command({
  name: 'Set Management Controller Identifier String',
  spec: 'DCMI v1.5 §6.4.6.2',
  netFn: NETFN.group,
  cmd: 0x0a,
  privilege: 'administrator',
  repeatable: true,
  request: layout().constant(0xdc).field('offset', u8).field('count', u8).field('data', rest),
  response: layout().constant(0xdc).field('lastOffset', u8),
});
