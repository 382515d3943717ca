import { layout, rest, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get DCMI Sensor Info (DCMI v1.5 §6.5.2); SDR record ids, two bytes each. */
export const getDcmiSensorInfo = command({
  name: 'Get DCMI Sensor Info',
  spec: 'DCMI v1.5 §6.5.2',
  netFn: NETFN.group,
  cmd: 0x07,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .constant(0xdc)
    .field('sensorType', u8)
    .field('entityId', u8)
    .field('instance', u8)
    .field('start', u8),
  response: layout().constant(0xdc).field('total', u8).field('count', u8).field('recordIds', rest),
});
