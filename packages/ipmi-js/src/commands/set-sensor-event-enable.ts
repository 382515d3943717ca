import { choice, flag, layout, nothing, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Sensor Event Enable (IPMI v2.0 §35.10); assertion masks, then deassertion masks. */
export const setSensorEventEnable = command({
  name: 'Set Sensor Event Enable',
  spec: '§35.10',
  netFn: NETFN.sensor,
  cmd: 0x28,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .field('sensor', u8)
    .bits({ eventsEnabled: flag(7), scanningEnabled: flag(6), change: choice(4, 2, ['none', 'enable', 'disable']) })
    .field('masks', rest),
  response: nothing,
});
