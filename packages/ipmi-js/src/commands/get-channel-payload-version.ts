import { layout, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Channel Payload Version (IPMI v2.0 §24.9); version of a payload type. */
export const getChannelPayloadVersion = command({
  name: 'Get Channel Payload Version',
  spec: '§24.9',
  netFn: NETFN.app,
  cmd: 0x4f,
  privilege: 'user',
  repeatable: true,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .field('payloadType', u8),
  response: layout().bits({ major: uint(4, 4), minor: uint(0, 4) }),
  codes: { 0x80: 'payload type not available on this channel' },
});
