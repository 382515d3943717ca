import { layout, nothing, u16, u32 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Last Processed Event ID (IPMI v2.0 §30.6); FFFFh means none. */
export const getLastProcessedEventId = command({
  name: 'Get Last Processed Event ID',
  spec: '§30.6',
  netFn: NETFN.sensor,
  cmd: 0x15,
  privilege: 'administrator',
  repeatable: true,
  request: nothing,
  response: layout()
    .field('addedAt', u32)
    .field('lastRecord', u16)
    .field('lastBySoftware', u16)
    .field('lastByBmc', u16),
});
