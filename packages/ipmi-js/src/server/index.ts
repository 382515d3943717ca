/** A virtual BMC for tests and virtual machines. */
export { BootFlagStore } from './boot-flag-store.ts';
export { VirtualBmc } from './virtual-bmc.ts';
export { NO_FAULTS } from './fault-line.ts';
export type * from './options.ts';
export type { BootDevice, BootFlags } from '../commands/boot-flags.ts';
