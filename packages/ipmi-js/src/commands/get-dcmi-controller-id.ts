import { layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Management Controller Identifier String (DCMI v1.5 §6.4.6.1); up to 16 bytes at a time. */
export const getDcmiControllerId = command({
  name: 'Get Management Controller Identifier String',
  spec: 'DCMI v1.5 §6.4.6.1',
  netFn: NETFN.group,
  cmd: 0x09,
  privilege: 'user',
  repeatable: true,
  request: layout().constant(0xdc).field('offset', u8).field('count', u8),
  response: layout().constant(0xdc).field('total', u8).field('data', rest),
});
