import { bytes, choice, layout, rest, u16, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Session Info (IPMI v2.0 §22.20). Fields after `active` exist only when the session does. */
export const getSessionInfo = command({
  name: 'Get Session Info',
  spec: '§22.20',
  netFn: NETFN.app,
  cmd: 0x3d,
  privilege: 'user',
  repeatable: true,
  /** Index 0 is the present session, 1 … the Nth active one, FEh by handle, FFh by id; both follow as bytes. */
  request: layout().field('index', u8).field('key', rest),
  response: layout()
    .field('handle', u8)
    .bits({ possible: uint(0, 6) })
    .bits({ active: uint(0, 6) })
    .optional(
      layout()
        .bits({ userId: uint(0, 6) })
        .bits({ privilege: uint(0, 4) })
        .bits({ protocol: choice(4, 4, ['1.5', '2.0']), channel: uint(0, 4) })
        .optional(layout().field('consoleIp', bytes(4)).field('consoleMac', bytes(6)).field('consolePort', u16)),
    ),
});
