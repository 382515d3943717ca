import { flag, layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Chassis Identify (IPMI v2.0 §28.5): seconds default to 15, 0 turns it off. */
export const chassisIdentify = command({
  name: 'Chassis Identify',
  spec: '§28.5',
  netFn: NETFN.chassis,
  cmd: 0x04,
  privilege: 'operator',
  repeatable: true,
  request: layout().optional(
    layout()
      .field('seconds', u8)
      .optional(layout().bits({ forceOn: flag(0) })),
  ),
  response: nothing,
});
