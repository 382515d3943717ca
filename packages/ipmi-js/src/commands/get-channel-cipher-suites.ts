import { flag, layout, rest, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Channel Cipher Suites (IPMI v2.0 §22.15): 16 bytes of records for each list index; fewer end the list. */
export const getChannelCipherSuites = command({
  name: 'Get Channel Cipher Suites',
  spec: '§22.15',
  netFn: NETFN.app,
  cmd: 0x54,
  privilege: 'callback',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .field('payloadType', u8)
    .bits({
      /** True lists suites, false lists algorithms only. */
      bySuite: flag(7),
      index: uint(0, 6),
    }),
  response: layout().field('channel', u8).field('records', rest),
});
