import { layout, u16, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Payload Activation Status (IPMI v2.0 §24.4); bit N of `active` is instance N + 1. */
export const getPayloadActivationStatus = command({
  name: 'Get Payload Activation Status',
  spec: '§24.4',
  netFn: NETFN.app,
  cmd: 0x4a,
  privilege: 'user',
  repeatable: true,
  request: layout().field('payloadType', u8),
  response: layout()
    .bits({ capacity: uint(0, 4) })
    .field('active', u16),
});
