import { layout, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Sensor Hysteresis (IPMI v2.0 §35.7); raw units. */
export const getSensorHysteresis = command({
  name: 'Get Sensor Hysteresis',
  spec: '§35.7',
  netFn: NETFN.sensor,
  cmd: 0x25,
  privilege: 'user',
  repeatable: true,
  request: layout().field('sensor', u8).constant(0xff),
  response: layout().field('positive', u8).field('negative', u8),
});
