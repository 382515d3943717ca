import { layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Asset Tag (DCMI v1.5 §6.4.2); up to 16 bytes at a time. */
export const getDcmiAssetTag = command({
  name: 'Get Asset Tag',
  spec: 'DCMI v1.5 §6.4.2',
  netFn: NETFN.group,
  cmd: 0x06,
  privilege: 'user',
  repeatable: true,
  request: layout().constant(0xdc).field('offset', u8).field('count', u8),
  response: layout().constant(0xdc).field('total', u8).field('data', rest),
});
