import { layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Sensor Hysteresis (IPMI v2.0 §35.6); raw units. */
export const setSensorHysteresis = command({
  name: 'Set Sensor Hysteresis',
  spec: '§35.6',
  netFn: NETFN.sensor,
  cmd: 0x24,
  privilege: 'operator',
  repeatable: true,
  request: layout().field('sensor', u8).constant(0xff).field('positive', u8).field('negative', u8),
  response: nothing,
});
