import { flag, layout, rest, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get PEF Configuration Parameters (IPMI v2.0 §30.4); table 30-6. */
export const getPefConfiguration = command({
  name: 'Get PEF Configuration Parameters',
  spec: '§30.4',
  netFn: NETFN.sensor,
  cmd: 0x13,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .bits({ revisionOnly: flag(7), parameter: uint(0, 7) })
    .field('set', u8)
    .field('block', u8),
  response: layout().field('revision', u8).field('data', rest),
  codes: {
    0x80: 'parameter not supported',
    0x81: 'set in progress by another party',
    0x82: 'parameter is read-only',
    0x83: 'parameter is write-only',
  },
});
