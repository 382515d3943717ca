import { flag, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Front Panel Button Enables (IPMI v2.0 §28.6); a set bit disables the button. */
export const setFrontPanelEnables = command({
  name: 'Set Front Panel Button Enables',
  spec: '§28.6',
  netFn: NETFN.chassis,
  cmd: 0x0a,
  privilege: 'administrator',
  repeatable: true,
  request: layout().bits({
    standbyDisabled: flag(3),
    nmiDisabled: flag(2),
    resetDisabled: flag(1),
    powerOffDisabled: flag(0),
  }),
  response: nothing,
});
