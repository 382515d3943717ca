import { layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Power Cycle Interval (IPMI v2.0 §28.9); seconds between off and on. */
export const setPowerCycleInterval = command({
  name: 'Set Power Cycle Interval',
  spec: '§28.9',
  netFn: NETFN.chassis,
  cmd: 0x0b,
  privilege: 'administrator',
  repeatable: true,
  request: layout().field('seconds', u8),
  response: nothing,
});
