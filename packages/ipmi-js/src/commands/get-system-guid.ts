import { bytes, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get System GUID (IPMI v2.0 §22.14). The byte order differs by BMC, so the bytes are given as they came. */
export const getSystemGuid = command({
  name: 'Get System GUID',
  spec: '§22.14',
  netFn: NETFN.app,
  cmd: 0x37,
  privilege: 'callback',
  repeatable: true,
  request: nothing,
  response: layout().field('guid', bytes(16)),
});
