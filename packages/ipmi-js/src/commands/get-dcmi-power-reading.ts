import { flag, layout, u16, u32, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Power Reading (DCMI v1.5 §6.6.1); mode 1 is system power, in watts. */
export const getDcmiPowerReading = command({
  name: 'Get Power Reading',
  spec: 'DCMI v1.5 §6.6.1',
  netFn: NETFN.group,
  cmd: 0x02,
  privilege: 'user',
  repeatable: true,
  request: layout().constant(0xdc).field('mode', u8).field('modeAttribute', u8).reserved(1),
  response: layout()
    .constant(0xdc)
    .field('watts', u16)
    .field('minimum', u16)
    .field('maximum', u16)
    .field('average', u16)
    .field('timestamp', u32)
    .field('periodMs', u32)
    .bits({ active: flag(6) }),
});
