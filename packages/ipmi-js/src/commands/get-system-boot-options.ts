import { flag, layout, rest, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get System Boot Options (IPMI v2.0 §28.13). */
export const getSystemBootOptions = command({
  name: 'Get System Boot Options',
  spec: '§28.13',
  netFn: NETFN.chassis,
  cmd: 0x09,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .bits({ parameter: uint(0, 7) })
    .field('set', u8)
    .field('block', u8),
  response: layout()
    .bits({ version: uint(0, 4) })
    .bits({ locked: flag(7), parameter: uint(0, 7) })
    .field('data', rest),
  codes: { 0x80: 'parameter not supported' },
});
