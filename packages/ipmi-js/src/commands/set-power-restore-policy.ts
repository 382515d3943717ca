import { choice, flag, layout } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Power Restore Policy (IPMI v2.0 §28.8); `keep` only asks what the chassis can. */
export const setPowerRestorePolicy = command({
  name: 'Set Power Restore Policy',
  spec: '§28.8',
  netFn: NETFN.chassis,
  cmd: 0x06,
  privilege: 'operator',
  repeatable: true,
  request: layout().bits({ policy: choice(0, 3, ['off', 'previous', 'on', 'keep']) }),
  response: layout().bits({ canStayOn: flag(2), canRestore: flag(1), canStayOff: flag(0) }),
});
