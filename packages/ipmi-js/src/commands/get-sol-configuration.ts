import { flag, layout, rest, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SOL Configuration Parameters (IPMI v2.0 §26.3); table 26-5. */
export const getSolConfiguration = command({
  name: 'Get SOL Configuration Parameters',
  spec: '§26.3',
  netFn: NETFN.transport,
  cmd: 0x22,
  privilege: 'user',
  repeatable: true,
  request: layout()
    .bits({ revisionOnly: flag(7), channel: uint(0, 4) })
    .field('parameter', u8)
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
