import { flag, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set BMC Global Enables (IPMI v2.0 §22.1); write all bits. */
export const setBmcGlobalEnables = command({
  name: 'Set BMC Global Enables',
  spec: '§22.1',
  netFn: NETFN.app,
  cmd: 0x2e,
  privilege: 'administrator',
  repeatable: true,
  request: layout().bits({
    oem2: flag(7),
    oem1: flag(6),
    oem0: flag(5),
    selLogging: flag(3),
    messageBuffer: flag(2),
    messageBufferFullInterrupt: flag(1),
    receiveInterrupt: flag(0),
  }),
  response: nothing,
});
