import { layout, nothing, rest, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set SOL Configuration Parameters (IPMI v2.0 §26.2); table 26-5. */
export const setSolConfiguration = command({
  name: 'Set SOL Configuration Parameters',
  spec: '§26.2',
  netFn: NETFN.transport,
  cmd: 0x21,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .field('parameter', u8)
    .field('data', rest),
  response: nothing,
  codes: {
    0x80: 'parameter not supported',
    0x81: 'set in progress by another party',
    0x82: 'parameter is read-only',
    0x83: 'parameter is write-only',
  },
});
