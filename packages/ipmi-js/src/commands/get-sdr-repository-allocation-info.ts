import { layout, nothing, u16, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SDR Repository Allocation Info (IPMI v2.0 §33.10); sizes of the repository. */
export const getSdrRepositoryAllocationInfo = command({
  name: 'Get SDR Repository Allocation Info',
  spec: '§33.10',
  netFn: NETFN.storage,
  cmd: 0x21,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .field('units', u16)
    .field('unitSize', u16)
    .field('freeUnits', u16)
    .field('largestFree', u16)
    .field('largestRecord', u8),
});
