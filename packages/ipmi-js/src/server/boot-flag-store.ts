import { EventEmitter } from 'node:events';
import { NO_BOOT_FLAGS } from '../commands/boot-flags.ts';
import type { BootFlags } from '../commands/boot-flags.ts';

interface BootFlagEvents {
  /** Fired after every change with the new flags. */
  change: [flags: BootFlags];
}

/**
 * The boot flags of a virtual machine, held between the BMC, which writes them, and the owner
 * of the machine, who uses them up at boot.
 */
export class BootFlagStore extends EventEmitter<BootFlagEvents> {
  #flags: BootFlags = NO_BOOT_FLAGS;

  /** All flags as they are now. */
  get(): BootFlags {
    return this.#flags;
  }

  /** Changes the named flags and keeps the others. */
  set(change: Partial<BootFlags>): void {
    this.#flags = Object.freeze({ ...this.#flags, ...change });
    this.emit('change', this.#flags);
  }

  /**
   * Gives the flags for the boot that begins now. A one-time override is dropped; a persistent
   * one stays. The clear CMOS bit stays until {@link acknowledgeClearCmos}. When `valid` is false
   * in the answer there is no override, whatever the other fields say.
   */
  consumeOverride(): BootFlags {
    const flags = this.#flags;
    if (flags.valid && !flags.persistent) {
      this.set({ ...NO_BOOT_FLAGS, clearCmos: flags.clearCmos });
    }
    return flags;
  }

  /** True when the firmware settings were to be reset; the bit is dropped, so ask once, after doing it. */
  acknowledgeClearCmos(): boolean {
    const asked = this.#flags.clearCmos;
    if (asked) this.set({ clearCmos: false });
    return asked;
  }
}
