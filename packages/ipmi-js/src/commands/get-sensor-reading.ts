import { flag, layout, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Sensor Reading (IPMI v2.0 §35.14); the state bytes may be missing. */
export const getSensorReading = command({
  name: 'Get Sensor Reading',
  spec: '§35.14',
  netFn: NETFN.sensor,
  cmd: 0x2d,
  privilege: 'user',
  repeatable: true,
  request: layout().field('sensor', u8),
  response: layout()
    .field('reading', u8)
    .bits({ eventsEnabled: flag(7), scanningEnabled: flag(6), unavailable: flag(5) })
    .optional(layout().field('statesLow', u8).optional(layout().field('statesHigh', u8))),
});
