import { nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Warm Reset of the BMC itself (IPMI v2.0 §20.3); sessions are lost and an answer may never come. */
export const warmReset = command({
  name: 'Warm Reset',
  spec: '§20.3',
  netFn: NETFN.app,
  cmd: 0x03,
  privilege: 'administrator',
  repeatable: false,
  request: nothing,
  response: nothing,
});
