import { flag, layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get System Info Parameters (IPMI v2.0 §22.14b); table 22-16c. */
export const getSystemInfo = command({
  name: 'Get System Info Parameters',
  spec: '§22.14b',
  netFn: NETFN.app,
  cmd: 0x59,
  privilege: 'user',
  repeatable: true,
  request: layout()
    .bits({ revisionOnly: flag(7) })
    .field('parameter', u8)
    .field('set', u8)
    .field('block', u8),
  response: layout().field('revision', u8).field('data', rest),
  codes: { 0x80: 'parameter not supported' },
});
