/** IPMI 2.0 client. */
export { IPMI_ERROR_CODES, IpmiError } from './errors.ts';
export type { IpmiErrorCode, IpmiErrorDetails } from './errors.ts';
export { BOOT_DEVICES, NO_BOOT_FLAGS } from './commands/boot-flags.ts';
export type { BootDevice, BootFlags } from './commands/boot-flags.ts';
export { PRIVILEGES } from './commands/command.ts';
export type { Privilege } from './commands/command.ts';
export type * from './client/options.ts';
