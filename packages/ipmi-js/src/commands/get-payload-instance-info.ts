import { layout, rest, u32, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Payload Instance Info (IPMI v2.0 §24.5); session that holds an instance, 0 for none. */
export const getPayloadInstanceInfo = command({
  name: 'Get Payload Instance Info',
  spec: '§24.5',
  netFn: NETFN.app,
  cmd: 0x4b,
  privilege: 'user',
  repeatable: true,
  request: layout().field('payloadType', u8).field('instance', u8),
  response: layout().field('sessionId', u32).field('port', u8).field('reservedInfo', rest),
});
