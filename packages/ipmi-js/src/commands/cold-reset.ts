import { nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Cold Reset of the BMC itself (IPMI v2.0 §20.2); sessions are lost and an answer may never come. */
export const coldReset = command({
  name: 'Cold Reset',
  spec: '§20.2',
  netFn: NETFN.app,
  cmd: 0x02,
  privilege: 'administrator',
  repeatable: false,
  request: nothing,
  response: nothing,
});
