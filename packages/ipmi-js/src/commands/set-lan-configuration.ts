import { layout, nothing, rest, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set LAN Configuration Parameters (IPMI v2.0 §23.1); table 23-4. */
export const setLanConfiguration = command({
  name: 'Set LAN Configuration Parameters',
  spec: '§23.1',
  netFn: NETFN.transport,
  cmd: 0x01,
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
