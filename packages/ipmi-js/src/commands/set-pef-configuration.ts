import { layout, nothing, rest, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set PEF Configuration Parameters (IPMI v2.0 §30.3); table 30-6. */
export const setPefConfiguration = command({
  name: 'Set PEF Configuration Parameters',
  spec: '§30.3',
  netFn: NETFN.sensor,
  cmd: 0x12,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ parameter: uint(0, 7) })
    .field('data', rest),
  response: nothing,
  codes: {
    0x80: 'parameter not supported',
    0x81: 'set in progress by another party',
    0x82: 'parameter is read-only',
    0x83: 'parameter is write-only',
  },
});
