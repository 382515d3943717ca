import { flag, layout, nothing, u16, u32, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SDR Repository Info (IPMI v2.0 §33.9); times are seconds since 1970. */
export const getSdrRepositoryInfo = command({
  name: 'Get SDR Repository Info',
  spec: '§33.9',
  netFn: NETFN.storage,
  cmd: 0x20,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .field('version', u8)
    .field('records', u16)
    .field('freeBytes', u16)
    .field('addedAt', u32)
    .field('erasedAt', u32)
    .bits({
      overflow: flag(7),
      updateModes: uint(5, 2),
      canDelete: flag(3),
      canPartialAdd: flag(2),
      canReserve: flag(1),
      canAllocationInfo: flag(0),
    }),
});
