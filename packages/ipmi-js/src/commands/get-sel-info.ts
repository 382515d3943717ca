import { flag, layout, nothing, u16, u32, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SEL Info (IPMI v2.0 §31.2); times are seconds since 1970. */
export const getSelInfo = command({
  name: 'Get SEL Info',
  spec: '§31.2',
  netFn: NETFN.storage,
  cmd: 0x40,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .field('version', u8)
    .field('entries', u16)
    .field('freeBytes', u16)
    .field('addedAt', u32)
    .field('erasedAt', u32)
    .bits({
      overflow: flag(7),
      canDelete: flag(3),
      canPartialAdd: flag(2),
      canReserve: flag(1),
      canAllocationInfo: flag(0),
    }),
  codes: { 0x81: 'cannot execute, SEL erase in progress' },
});
