import { flag, layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Chassis Capabilities (IPMI v2.0 §28.1). */
export const getChassisCapabilities = command({
  name: 'Get Chassis Capabilities',
  spec: '§28.1',
  netFn: NETFN.chassis,
  cmd: 0x00,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .bits({ powerInterlock: flag(3), diagnosticInterrupt: flag(2), frontPanelLockout: flag(1), intrusion: flag(0) })
    .field('fruAddress', u8)
    .field('sdrAddress', u8)
    .field('selAddress', u8)
    .field('managementAddress', u8)
    .optional(layout().field('bridgeAddress', u8)),
});
