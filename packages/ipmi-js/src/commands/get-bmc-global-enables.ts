import { flag, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get BMC Global Enables (IPMI v2.0 §22.2); what the BMC tells the system. */
export const getBmcGlobalEnables = command({
  name: 'Get BMC Global Enables',
  spec: '§22.2',
  netFn: NETFN.app,
  cmd: 0x2f,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().bits({
    oem2: flag(7),
    oem1: flag(6),
    oem0: flag(5),
    selLogging: flag(3),
    messageBuffer: flag(2),
    messageBufferFullInterrupt: flag(1),
    receiveInterrupt: flag(0),
  }),
});
