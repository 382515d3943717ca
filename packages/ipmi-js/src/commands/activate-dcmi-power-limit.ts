import { layout, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Activate/Deactivate Power Limit (DCMI v1.5 §6.6.4); 1 activates. */
export const activateDcmiPowerLimit = command({
  name: 'Activate/Deactivate Power Limit',
  spec: 'DCMI v1.5 §6.6.4',
  netFn: NETFN.group,
  cmd: 0x05,
  privilege: 'operator',
  repeatable: true,
  request: layout().constant(0xdc).field('active', u8).reserved(2),
  response: layout().constant(0xdc),
});
