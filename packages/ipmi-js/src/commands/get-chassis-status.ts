import { choice, flag, layout, nothing } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Chassis Status (IPMI v2.0 §28.2); the front panel byte is optional. */
export const getChassisStatus = command({
  name: 'Get Chassis Status',
  spec: '§28.2',
  netFn: NETFN.chassis,
  cmd: 0x01,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .bits({
      restorePolicy: choice(5, 2, ['off', 'previous', 'on', 'unknown']),
      powerControlFault: flag(4),
      powerFault: flag(3),
      interlock: flag(2),
      powerOverload: flag(1),
      powerOn: flag(0),
    })
    .bits({
      lastOnByIpmi: flag(4),
      lastOffByFault: flag(3),
      lastOffByInterlock: flag(2),
      lastOffByOverload: flag(1),
      acFailed: flag(0),
    })
    .bits({
      identifySupported: flag(6),
      identify: choice(4, 2, ['off', 'timed', 'on', 'reserved']),
      coolingFault: flag(3),
      driveFault: flag(2),
      frontPanelLockout: flag(1),
      intrusion: flag(0),
    })
    .optional(
      layout().bits({
        standbyDisableAllowed: flag(7),
        nmiDisableAllowed: flag(6),
        resetDisableAllowed: flag(5),
        powerOffDisableAllowed: flag(4),
        standbyDisabled: flag(3),
        nmiDisabled: flag(2),
        resetDisabled: flag(1),
        powerOffDisabled: flag(0),
      }),
    ),
});

/** See {@link getChassisStatus}. */
export type ChassisStatus = ReturnType<typeof getChassisStatus.response.read>;
