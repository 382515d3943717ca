import { layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get DCMI Capabilities Info (DCMI v1.5 §6.1.1); parameters 1–5; needs no session. */
export const getDcmiCapabilities = command({
  name: 'Get DCMI Capabilities Info',
  spec: 'DCMI v1.5 §6.1.1',
  netFn: NETFN.group,
  cmd: 0x01,
  privilege: 'callback',
  repeatable: true,
  request: layout().constant(0xdc).field('parameter', u8),
  response: layout().constant(0xdc).field('major', u8).field('minor', u8).field('revision', u8).field('data', rest),
});
