import { bytes, flag, layout, u16, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Activate Payload (IPMI v2.0 §24.1) with the auxiliary data of serial over LAN. */
export const activatePayload = command({
  name: 'Activate Payload',
  spec: '§24.1',
  netFn: NETFN.app,
  cmd: 0x48,
  privilege: 'user',
  repeatable: false,
  request: layout()
    .field('payloadType', u8)
    .field('instance', u8)
    .bits({
      encrypt: flag(7),
      authenticate: flag(6),
      /** 0 defer, 1 blocked, 2 active. */
      alertHandling: uint(2, 2),
      ctsDcdDsrHigh: flag(1),
    })
    .reserved(3),
  response: layout()
    .field('auxiliary', bytes(4))
    .field('inboundSize', u16)
    .field('outboundSize', u16)
    .field('port', u16)
    .field('vlan', u16),
  codes: {
    0x80: 'payload already active on another session',
    0x81: 'payload type is disabled',
    0x82: 'payload activation limit reached',
    0x83: 'cannot activate payload with encryption',
    0x84: 'cannot activate payload without encryption',
  },
});
