import { encode } from '../codec/layout.ts';
import { IpmiError } from '../errors.ts';
import { NO_BOOT_FLAGS, bootFlagsLayout } from '../commands/boot-flags.ts';
import type { BootDevice, BootFlags } from '../commands/boot-flags.ts';
import { BOOT_PARAMETER, KEEP_FLAGS_ON_TIMEOUT, decodeBootFlags } from '../commands/boot-options.ts';
import { chassisControl } from '../commands/chassis-control.ts';
import type { ChassisAction } from '../commands/chassis-control.ts';
import { getChassisStatus } from '../commands/get-chassis-status.ts';
import { getSystemBootOptions } from '../commands/get-system-boot-options.ts';
import { setSystemBootOptions } from '../commands/set-system-boot-options.ts';
import type { CommandRunner } from './command-runner.ts';
import type { CallOptions } from './options.ts';

/** How to set a boot device. */
export interface SetBootDeviceOptions extends CallOptions {
  /** UEFI instead of legacy boot; default false. */
  readonly efi?: boolean;
  /** For every boot instead of the next one; default false. */
  readonly persistent?: boolean;
  /** First switch off the 60 s after which BMCs forget it; default true. OpenBMC refuses this, which is ignored. */
  readonly disableTimeout?: boolean;
  /** Also reset the firmware settings at the next boot; default false. */
  readonly clearCmos?: boolean;
  /** Supermicro with UEFI takes selector 9 (byte 24h) for the disk; default false. */
  readonly supermicroUefiDisk?: boolean;
}

/** The boot options that a BMC holds. */
export interface BootOptions {
  readonly flags: BootFlags;
  /** True when the BMC marks the parameter as locked or invalid. */
  readonly locked: boolean;
}

/** Actions whose effect a status read proves, with the power state that they lead to. */
const LEADS_TO: Partial<Record<ChassisAction, boolean>> = { on: true, off: false };
const VERIFY_SENDS = 3;

/** Does an action; see {@link Bmc.chassisControl}. */
export async function controlChassis(
  runner: CommandRunner,
  action: ChassisAction,
  options: CallOptions = {},
): Promise<void> {
  const target = LEADS_TO[action];
  const endsAt = performance.now() + (options.deadlineMs ?? runner.deadlineMs);
  const rest = (): CallOptions => ({ ...options, deadlineMs: Math.max(1, endsAt - performance.now()) });
  for (let sends = 1; ; sends++) {
    try {
      await runner.command(chassisControl, { action }, rest());
      return;
    } catch (error) {
      if (!(error instanceof IpmiError) || error.code !== 'IpmiOutcomeUnknown' || target === undefined) throw error;
      const { powerOn } = await runner.command(getChassisStatus, {}, rest());
      if (powerOn === target) return;
      if (sends >= VERIFY_SENDS) throw error;
    }
  }
}

/** Reads parameter 5. */
export async function readBootOptions(runner: CommandRunner, options: CallOptions = {}): Promise<BootOptions> {
  const answer = await runner.command(
    getSystemBootOptions,
    { parameter: BOOT_PARAMETER.flags, set: 0, block: 0 },
    options,
  );
  return { flags: decodeBootFlags(answer.data), locked: answer.locked };
}

/** Writes parameter 5: the named flags change, the others stay as the BMC holds them. */
export async function changeBootFlags(
  runner: CommandRunner,
  change: Partial<BootFlags>,
  options: CallOptions = {},
): Promise<void> {
  const { flags } = await readBootOptions(runner, options);
  await writeParameter(runner, BOOT_PARAMETER.flags, encode(bootFlagsLayout, { ...flags, ...change }), options);
}

/** Sets the boot device; see {@link Bmc.setBootDevice}. */
export async function setBootDevice(
  runner: CommandRunner,
  device: BootDevice,
  options: SetBootDeviceOptions = {},
): Promise<void> {
  if (options.disableTimeout ?? true) await disableBootTimeout(runner, options);
  const efi = options.efi ?? false;
  const clearCmos = options.clearCmos ?? false;
  const supermicro = options.supermicroUefiDisk === true && efi && device === 'disk';
  const flags: BootFlags = {
    ...NO_BOOT_FLAGS,
    valid: device !== 'none' || clearCmos,
    persistent: options.persistent ?? false,
    efi,
    clearCmos,
    device: supermicro ? 'remote-media' : device,
  };
  await writeParameter(runner, BOOT_PARAMETER.flags, encode(bootFlagsLayout, flags), options);
}

/** Parameter 3: an answer of any kind will do, as OpenBMC and others do not have it. */
async function disableBootTimeout(runner: CommandRunner, options: CallOptions): Promise<void> {
  try {
    await writeParameter(runner, BOOT_PARAMETER.flagValidClearing, Uint8Array.of(KEEP_FLAGS_ON_TIMEOUT), options);
  } catch (error) {
    if (!(error instanceof IpmiError) || error.completionCode === undefined) throw error;
  }
}

async function writeParameter(
  runner: CommandRunner,
  parameter: number,
  data: Uint8Array,
  options: CallOptions,
): Promise<void> {
  await runner.command(setSystemBootOptions, { locked: false, parameter, data }, options);
}
