import { flag, layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get PEF Capabilities (IPMI v2.0 §30.1); actions that platform event filtering can take. */
export const getPefCapabilities = command({
  name: 'Get PEF Capabilities',
  spec: '§30.1',
  netFn: NETFN.sensor,
  cmd: 0x10,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .field('version', u8)
    .bits({
      oemFilter: flag(7),
      diagnosticInterrupt: flag(5),
      oem: flag(4),
      powerCycle: flag(3),
      reset: flag(2),
      powerDown: flag(1),
      alert: flag(0),
    })
    .field('filters', u8),
});
