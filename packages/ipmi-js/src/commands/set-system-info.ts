import { layout, nothing, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set System Info Parameters (IPMI v2.0 §22.14a); table 22-16c. */
export const setSystemInfo = command({
  name: 'Set System Info Parameters',
  spec: '§22.14a',
  netFn: NETFN.app,
  cmd: 0x58,
  privilege: 'administrator',
  repeatable: true,
  request: layout().field('parameter', u8).field('data', rest),
  response: nothing,
  codes: { 0x80: 'parameter not supported', 0x81: 'set in progress by another party', 0x82: 'parameter is read-only' },
});
