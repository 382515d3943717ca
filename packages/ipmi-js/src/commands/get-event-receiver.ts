import { layout, nothing, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Event Receiver (IPMI v2.0 §29.2); FFh means that events are off. */
export const getEventReceiver = command({
  name: 'Get Event Receiver',
  spec: '§29.2',
  netFn: NETFN.sensor,
  cmd: 0x01,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .field('address', u8)
    .bits({ lun: uint(0, 2) }),
});
