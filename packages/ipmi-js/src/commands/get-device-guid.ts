import { bytes, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Device GUID (IPMI v2.0 §20.8), the management controller's own. */
export const getDeviceGuid = command({
  name: 'Get Device GUID',
  spec: '§20.8',
  netFn: NETFN.app,
  cmd: 0x08,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().field('guid', bytes(16)),
});
