import { flag, layout, nothing, rest, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set System Boot Options (IPMI v2.0 §28.12). Empty data changes the lock only. */
export const setSystemBootOptions = command({
  name: 'Set System Boot Options',
  spec: '§28.12',
  netFn: NETFN.chassis,
  cmd: 0x08,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .bits({ locked: flag(7), parameter: uint(0, 7) })
    .field('data', rest),
  response: nothing,
  codes: {
    0x80: 'parameter not supported',
    0x81: 'set in progress by another party',
    0x82: 'parameter is read-only',
  },
});
