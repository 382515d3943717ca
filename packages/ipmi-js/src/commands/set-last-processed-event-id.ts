import { flag, layout, nothing, u16 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Last Processed Event ID (IPMI v2.0 §30.5); by system software unless `byBmc`. */
export const setLastProcessedEventId = command({
  name: 'Set Last Processed Event ID',
  spec: '§30.5',
  netFn: NETFN.sensor,
  cmd: 0x14,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ byBmc: flag(0) })
    .field('recordId', u16),
  response: nothing,
  codes: { 0x81: 'cannot execute, SEL erase in progress' },
});
