import { choice, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Chassis Control actions 0–5 (IPMI v2.0 §28.3); `nmi` is the diagnostic interrupt, `soft` the ACPI button. */
export const CHASSIS_ACTIONS = ['off', 'on', 'cycle', 'reset', 'nmi', 'soft'] as const;

/** An action by name. */
export type ChassisAction = (typeof CHASSIS_ACTIONS)[number];

/** Chassis Control (IPMI v2.0 §28.3). */
export const chassisControl = command({
  name: 'Chassis Control',
  spec: '§28.3',
  netFn: NETFN.chassis,
  cmd: 0x02,
  privilege: 'operator',
  repeatable: false,
  request: layout().bits({ action: choice(0, 4, CHASSIS_ACTIONS) }),
  response: nothing,
});
