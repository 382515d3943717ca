import { bytes, flag, layout, nothing, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/**
 * Platform Event (IPMI v2.0 §29.3); an event as if a sensor had raised it. The generator id of table 29-5 is sent over the
 * system interface only; over a LAN the BMC takes the sender for it.
 */
export const platformEvent = command({
  name: 'Platform Event',
  spec: '§29.3',
  netFn: NETFN.sensor,
  cmd: 0x02,
  privilege: 'operator',
  repeatable: false,
  request: layout()
    .field('eventRevision', u8)
    .field('sensorType', u8)
    .field('sensor', u8)
    .bits({ deassertion: flag(7), eventType: uint(0, 7) })
    .field('data', bytes(3)),
  response: nothing,
});
