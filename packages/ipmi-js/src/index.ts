/** IPMI 2.0 client. */
export { IPMI_ERROR_CODES, IpmiError } from './errors.ts';
export type { IpmiErrorCode, IpmiErrorDetails } from './errors.ts';
export { BOOT_DEVICES, NO_BOOT_FLAGS } from './commands/boot-flags.ts';
export type { BootDevice, BootFlags } from './commands/boot-flags.ts';
export { PRIVILEGES } from './commands/command.ts';
export type { Privilege } from './commands/command.ts';
export type * from './client/options.ts';
export { Bmc } from './client/bmc.ts';
export type { RawOptions } from './client/bmc.ts';
export type { BootOptions, SetBootDeviceOptions } from './client/chassis.ts';
export { IpmiClient } from './client/ipmi-client.ts';
export { CHASSIS_ACTIONS } from './commands/chassis-control.ts';
export type { ChassisAction } from './commands/chassis-control.ts';
export type { ChassisStatus } from './commands/get-chassis-status.ts';
export { SolStream } from './sol/sol-stream.ts';
