import { choice, flag, layout, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Alert Immediate (IPMI v2.0 §30.7); sends an alert now or tells how the last one went. */
export const alertImmediate = command({
  name: 'Alert Immediate',
  spec: '§30.7',
  netFn: NETFN.sensor,
  cmd: 0x16,
  privilege: 'administrator',
  repeatable: false,
  request: layout()
    .bits({ channel: uint(0, 4) })
    .bits({ operation: choice(6, 2, ['initiate', 'status', 'clear']), destination: uint(0, 4) })
    .bits({ sendString: flag(7), string: uint(0, 7) }),
  response: layout().optional(layout().field('status', u8)),
  codes: {
    0x81: 'alert already in progress',
    0x82: 'IPMI messaging session active',
    0x83: 'platform event parameters not supported',
  },
});
