/** A virtual BMC for tests and virtual machines. */
export { BootFlagStore } from './boot-flag-store.ts';
export type * from './options.ts';
export type { BootDevice, BootFlags } from '../commands/boot-flags.ts';
