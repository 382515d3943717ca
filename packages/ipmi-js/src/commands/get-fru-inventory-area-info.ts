import { flag, layout, u16, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get FRU Inventory Area Info (IPMI v2.0 §34.1); offsets and counts are in words when `byWords`. */
export const getFruInventoryAreaInfo = command({
  name: 'Get FRU Inventory Area Info',
  spec: '§34.1',
  netFn: NETFN.storage,
  cmd: 0x10,
  privilege: 'user',
  repeatable: true,
  request: layout().field('fruId', u8),
  response: layout()
    .field('size', u16)
    .bits({ byWords: flag(0) }),
});
