import { layout, u16, u32, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Power Limit (DCMI v1.5 §6.6.2); action 1 powers off, 11h logs. */
export const getDcmiPowerLimit = command({
  name: 'Get Power Limit',
  spec: 'DCMI v1.5 §6.6.2',
  netFn: NETFN.group,
  cmd: 0x03,
  privilege: 'user',
  repeatable: true,
  request: layout().constant(0xdc).reserved(2),
  response: layout()
    .constant(0xdc)
    .reserved(2)
    .field('action', u8)
    .field('watts', u16)
    .field('correctionMs', u32)
    .reserved(2)
    .field('samplingSeconds', u16),
  codes: { 0x80: 'no active power limit' },
});
