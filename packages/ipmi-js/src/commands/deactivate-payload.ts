import { layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Deactivate Payload (IPMI v2.0 §24.2). */
export const deactivatePayload = command({
  name: 'Deactivate Payload',
  spec: '§24.2',
  netFn: NETFN.app,
  cmd: 0x49,
  privilege: 'user',
  repeatable: true,
  request: layout().field('payloadType', u8).field('instance', u8).reserved(4),
  response: nothing,
  codes: { 0x80: 'payload already deactivated', 0x81: 'payload type is disabled' },
});
