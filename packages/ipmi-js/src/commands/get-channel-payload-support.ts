import { layout, u16, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Channel Payload Support (IPMI v2.0 §24.8); bit N is payload type N. */
export const getChannelPayloadSupport = command({
  name: 'Get Channel Payload Support',
  spec: '§24.8',
  netFn: NETFN.app,
  cmd: 0x4e,
  privilege: 'user',
  repeatable: true,
  request: layout().bits({ channel: uint(0, 4) }),
  response: layout().field('standard', u16).field('setup', u16).field('oem', u16).reserved(2),
});
