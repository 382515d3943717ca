import { flag, layout, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Sensor Thresholds (IPMI v2.0 §35.9); a bit says that the threshold is readable. */
export const getSensorThresholds = command({
  name: 'Get Sensor Thresholds',
  spec: '§35.9',
  netFn: NETFN.sensor,
  cmd: 0x27,
  privilege: 'user',
  repeatable: true,
  request: layout().field('sensor', u8),
  response: layout()
    .bits({ unr: flag(5), uc: flag(4), unc: flag(3), lnr: flag(2), lc: flag(1), lnc: flag(0) })
    .field('lncRaw', u8)
    .field('lcRaw', u8)
    .field('lnrRaw', u8)
    .field('uncRaw', u8)
    .field('ucRaw', u8)
    .field('unrRaw', u8),
});
