import { layout, nothing, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Event Receiver (IPMI v2.0 §29.1); FFh turns events off. */
export const setEventReceiver = command({
  name: 'Set Event Receiver',
  spec: '§29.1',
  netFn: NETFN.sensor,
  cmd: 0x00,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .field('address', u8)
    .bits({ lun: uint(0, 2) }),
  response: nothing,
});
