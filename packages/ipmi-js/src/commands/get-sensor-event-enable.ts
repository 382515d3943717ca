import { flag, layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Sensor Event Enable (IPMI v2.0 §35.11); assertion masks, then deassertion masks. */
export const getSensorEventEnable = command({
  name: 'Get Sensor Event Enable',
  spec: '§35.11',
  netFn: NETFN.sensor,
  cmd: 0x29,
  privilege: 'user',
  repeatable: true,
  request: layout().field('sensor', u8),
  response: layout()
    .bits({ eventsEnabled: flag(7), scanningEnabled: flag(6) })
    .field('masks', rest),
});
