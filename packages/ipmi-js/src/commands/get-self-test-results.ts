import { layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Self Test Results (IPMI v2.0 §20.4): 55h 00h = no error, 56h = not implemented, 57h = see detail bits, 58h = fatal. */
export const getSelfTestResults = command({
  name: 'Get Self Test Results',
  spec: '§20.4',
  netFn: NETFN.app,
  cmd: 0x04,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().field('result', u8).field('detail', u8),
});
