import { bytes, layout, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Sensor Reading Factors (IPMI v2.0 §35.5); factors of non-linear sensors, laid out as in a full SDR. */
export const getSensorReadingFactors = command({
  name: 'Get Sensor Reading Factors',
  spec: '§35.5',
  netFn: NETFN.sensor,
  cmd: 0x23,
  privilege: 'user',
  repeatable: true,
  request: layout().field('sensor', u8).field('reading', u8),
  response: layout().field('nextReading', u8).field('factors', bytes(6)),
});
