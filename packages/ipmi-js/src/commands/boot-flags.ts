import { choice, flag, layout, uint } from '../codec/layout.ts';
import type { Decoded } from '../codec/layout.ts';

/** Boot device selectors 0–15 of boot option parameter 5 (IPMI v2.0 table 28-14). */
export const BOOT_DEVICES = [
  'none',
  'pxe',
  'disk',
  'safe',
  'diag',
  'cdrom',
  'bios',
  'remote-floppy',
  'remote-cdrom',
  'remote-media',
  'reserved-10',
  'remote-disk',
  'reserved-12',
  'reserved-13',
  'reserved-14',
  'floppy',
] as const;

/** A boot device by name; `none` means no override. */
export type BootDevice = (typeof BOOT_DEVICES)[number];

/**
 * Boot option parameter 5, the boot flags (IPMI v2.0 table 28-14). Every bit is kept.
 * Bytes: 1 validity, 2 device, 3 buttons and verbosity, 4 overrides, 5 device instance.
 */
export const bootFlagsLayout = layout()
  .bits({
    /** True when the firmware is to obey these flags. */
    valid: flag(7),
    /** True for every boot, false for the next one only. */
    persistent: flag(6),
    /** True for a UEFI boot, false for a legacy one. */
    efi: flag(5),
  })
  .bits({
    /** Reset the firmware's settings at the next boot. */
    clearCmos: flag(7),
    lockKeyboard: flag(6),
    device: choice(2, 4, BOOT_DEVICES),
    screenBlank: flag(1),
    lockResetButton: flag(0),
  })
  .bits({
    lockPowerButton: flag(7),
    verbosity: choice(5, 2, ['default', 'quiet', 'verbose']),
    forceProgressEvents: flag(4),
    bypassUserPassword: flag(3),
    lockSleepButton: flag(2),
    consoleRedirection: choice(0, 2, ['bios', 'off', 'on']),
  })
  .bits({
    sharedModeOverride: flag(3),
    muxOverride: choice(0, 3, ['recommended', 'bmc', 'system']),
  })
  .bits({
    /** 0 unless the device has several instances; bit 4 set = external. */
    deviceInstance: uint(0, 5),
  });

/** See {@link bootFlagsLayout}. */
export type BootFlags = Decoded<typeof bootFlagsLayout>;

/** No override at all: what a BMC holds when nobody asked for anything. */
export const NO_BOOT_FLAGS: BootFlags = Object.freeze({
  valid: false,
  persistent: false,
  efi: false,
  clearCmos: false,
  lockKeyboard: false,
  device: 'none',
  screenBlank: false,
  lockResetButton: false,
  lockPowerButton: false,
  verbosity: 'default',
  forceProgressEvents: false,
  bypassUserPassword: false,
  lockSleepButton: false,
  consoleRedirection: 'bios',
  sharedModeOverride: false,
  muxOverride: 'recommended',
  deviceInstance: 0,
});
