import { layout, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Sensor Type (IPMI v2.0 §35.16); tables 42-1 and 42-3. */
export const getSensorType = command({
  name: 'Get Sensor Type',
  spec: '§35.16',
  netFn: NETFN.sensor,
  cmd: 0x2f,
  privilege: 'user',
  repeatable: true,
  request: layout().field('sensor', u8),
  response: layout()
    .field('sensorType', u8)
    .bits({ eventType: uint(0, 7) }),
});
