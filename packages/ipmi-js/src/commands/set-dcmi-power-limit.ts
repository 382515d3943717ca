import { layout, u16, u32, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Power Limit (DCMI v1.5 §6.6.3); watts, milliseconds, seconds. */
export const setDcmiPowerLimit = command({
  name: 'Set Power Limit',
  spec: 'DCMI v1.5 §6.6.3',
  netFn: NETFN.group,
  cmd: 0x04,
  privilege: 'operator',
  repeatable: true,
  request: layout()
    .constant(0xdc)
    .reserved(3)
    .field('action', u8)
    .field('watts', u16)
    .field('correctionMs', u32)
    .reserved(2)
    .field('samplingSeconds', u16),
  response: layout().constant(0xdc),
  codes: {
    0x84: 'power limit out of range',
    0x85: 'correction time out of range',
    0x89: 'statistics reporting period out of range',
  },
});
