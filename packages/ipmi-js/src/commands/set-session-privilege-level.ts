import { layout, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

const level = layout().bits({
  /** 0 keeps the present level; see `PRIVILEGES`. */
  level: uint(0, 4),
});

/** Set Session Privilege Level (IPMI v2.0 §22.18). */
export const setSessionPrivilegeLevel = command({
  name: 'Set Session Privilege Level',
  spec: '§22.18',
  netFn: NETFN.app,
  cmd: 0x3b,
  privilege: 'user',
  repeatable: true,
  request: level,
  response: level,
  codes: {
    0x80: 'requested level not available for this user',
    0x81: 'requested level exceeds channel or user limit',
    0x82: 'user level authentication cannot be disabled',
  },
});
