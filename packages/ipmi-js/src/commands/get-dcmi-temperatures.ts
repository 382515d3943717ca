import { layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Temperature Readings (DCMI v1.5 §6.7.3); two bytes each: sign and °C, instance. */
export const getDcmiTemperatures = command({
  name: 'Get Temperature Readings',
  spec: 'DCMI v1.5 §6.7.3',
  netFn: NETFN.group,
  cmd: 0x10,
  privilege: 'user',
  repeatable: true,
  request: layout()
    .constant(0xdc)
    .field('sensorType', u8)
    .field('entityId', u8)
    .field('instance', u8)
    .field('start', u8),
  response: layout().constant(0xdc).field('total', u8).field('count', u8).field('readings', rest),
});
