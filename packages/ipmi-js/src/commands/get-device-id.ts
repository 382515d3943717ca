import { bytes, flag, layout, nothing, u16, u24, u8, uint } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get Device ID (IPMI v2.0 §20.1). The auxiliary firmware revision is absent on old BMCs. */
export const getDeviceId = command({
  name: 'Get Device ID',
  spec: '§20.1',
  netFn: NETFN.app,
  cmd: 0x01,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .field('deviceId', u8)
    .bits({ providesSdrs: flag(7), deviceRevision: uint(0, 4) })
    .bits({ updating: flag(7), firmwareMajor: uint(0, 7) })
    /** BCD: 25h is .25. */
    .field('firmwareMinorBcd', u8)
    /** BCD with the digits swapped: 02h is 2.0. */
    .field('ipmiVersionBcd', u8)
    .bits({
      chassisDevice: flag(7),
      bridge: flag(6),
      eventGenerator: flag(5),
      eventReceiver: flag(4),
      fruInventory: flag(3),
      selDevice: flag(2),
      sdrRepository: flag(1),
      sensorDevice: flag(0),
    })
    .field('manufacturerId', u24)
    .field('productId', u16)
    .optional(layout().field('auxiliaryFirmware', bytes(4))),
});
