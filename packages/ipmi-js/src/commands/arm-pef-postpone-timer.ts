import { layout, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Arm PEF Postpone Timer (IPMI v2.0 §30.2); 00h disables, FEh temporary disable, FFh asks. */
export const armPefPostponeTimer = command({
  name: 'Arm PEF Postpone Timer',
  spec: '§30.2',
  netFn: NETFN.sensor,
  cmd: 0x11,
  privilege: 'administrator',
  repeatable: true,
  request: layout().field('seconds', u8),
  response: layout().field('seconds', u8),
});
