import { flag, layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Set Chassis Capabilities (IPMI v2.0 §28.7); addresses of the devices behind the chassis. */
export const setChassisCapabilities = command({
  name: 'Set Chassis Capabilities',
  spec: '§28.7',
  netFn: NETFN.chassis,
  cmd: 0x05,
  privilege: 'administrator',
  repeatable: true,
  request: layout()
    .bits({ frontPanelLockout: flag(1), intrusion: flag(0) })
    .field('fruAddress', u8)
    .field('sdrAddress', u8)
    .field('selAddress', u8)
    .field('managementAddress', u8)
    .optional(layout().field('bridgeAddress', u8)),
  response: nothing,
});
