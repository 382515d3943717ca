import { flag, layout, nothing, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Re-arm Sensor Events (IPMI v2.0 §35.12); all events unless `selected`. */
export const rearmSensorEvents = command({
  name: 'Re-arm Sensor Events',
  spec: '§35.12',
  netFn: NETFN.sensor,
  cmd: 0x2a,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .field('sensor', u8)
    .bits({ selected: flag(7) })
    .field('masks', rest),
  response: nothing,
});
