import { layout, nothing, u16, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get SEL Allocation Info (IPMI v2.0 §31.3); sizes of the log. */
export const getSelAllocationInfo = command({
  name: 'Get SEL Allocation Info',
  spec: '§31.3',
  netFn: NETFN.storage,
  cmd: 0x41,
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
