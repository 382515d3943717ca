import { flag, layout, rest, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Master Write-Read (IPMI v2.0 §22.11); I2C access; `address` has 7 bits. */
export const masterWriteRead = command({
  name: 'Master Write-Read',
  spec: '§22.11',
  netFn: NETFN.app,
  cmd: 0x52,
  privilege: 'operator',
  repeatable: false,
  request: layout()
    .bits({ channel: uint(4, 4), busId: uint(1, 3), private: flag(0) })
    .bits({ address: uint(1, 7) })
    .field('readCount', u8)
    .field('write', rest),
  response: layout().field('data', rest),
  codes: { 0x81: 'lost arbitration', 0x82: 'bus error', 0x83: 'NAK on write', 0x84: 'truncated read' },
});
