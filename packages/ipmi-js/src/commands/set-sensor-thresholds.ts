import { flag, layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Sensor Thresholds (IPMI v2.0 §35.8); only thresholds whose bit is set change. */
export const setSensorThresholds = command({
  name: 'Set Sensor Thresholds',
  spec: '§35.8',
  netFn: NETFN.sensor,
  cmd: 0x26,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .field('sensor', u8)
    .bits({ unr: flag(5), uc: flag(4), unc: flag(3), lnr: flag(2), lc: flag(1), lnc: flag(0) })
    .field('lncRaw', u8)
    .field('lcRaw', u8)
    .field('lnrRaw', u8)
    .field('uncRaw', u8)
    .field('ucRaw', u8)
    .field('unrRaw', u8),
  response: nothing,
});
