import { layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Asset Tag (DCMI v1.5 §6.4.3); up to 16 bytes at a time. */
export const setDcmiAssetTag = command({
  name: 'Set Asset Tag',
  spec: 'DCMI v1.5 §6.4.3',
  netFn: NETFN.group,
  cmd: 0x08,
  privilege: 'operator',
  repeatable: true,
  request: layout().constant(0xdc).field('offset', u8).field('count', u8).field('data', rest),
  response: layout().constant(0xdc).field('total', u8),
});
