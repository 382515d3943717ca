import { MalformedError } from '../codec/bytes.ts';
import { choice, decode, flag, layout, u32, u8 } from '../codec/layout.ts';
import { bootFlagsLayout } from './boot-flags.ts';

/** Numbers of the boot option parameters (IPMI v2.0 table 28-14). */
export const BOOT_PARAMETER = {
  setInProgress: 0,
  servicePartitionSelector: 1,
  servicePartitionScan: 2,
  flagValidClearing: 3,
  infoAcknowledge: 4,
  flags: 5,
  initiatorInfo: 6,
  initiatorMailbox: 7,
} as const;

/** Layouts of parameters 0–6 by number; the mailbox (7) is a block number and 16 bytes. */
export const BOOT_PARAMETER_LAYOUTS = {
  [BOOT_PARAMETER.setInProgress]: layout().bits({
    state: choice(0, 2, ['complete', 'in progress', 'commit']),
  }),
  [BOOT_PARAMETER.servicePartitionSelector]: layout().field('selector', u8),
  [BOOT_PARAMETER.servicePartitionScan]: layout().bits({ scan: flag(1), discovered: flag(0) }),
  /** Each bit set keeps the valid bit of the flags where the BMC would clear it. */
  [BOOT_PARAMETER.flagValidClearing]: layout().bits({
    keepOnPef: flag(4),
    keepOnTimeout: flag(3),
    keepOnWatchdog: flag(2),
    keepOnResetButton: flag(1),
    keepOnPowerButton: flag(0),
  }),
  [BOOT_PARAMETER.infoAcknowledge]: layout().field('writeMask', u8).field('acknowledged', u8),
  [BOOT_PARAMETER.flags]: bootFlagsLayout,
  [BOOT_PARAMETER.initiatorInfo]: layout().field('channel', u8).field('sessionId', u32).field('timestamp', u32),
} as const;

/** What keeps the BMC from dropping a boot device 60 s after it was set. */
export const KEEP_FLAGS_ON_TIMEOUT = 0x08;

/** Decodes the flags; older BMCs send fewer bytes, which count as 00h. @throws MalformedError below 2 bytes. */
export function decodeBootFlags(data: Uint8Array): ReturnType<typeof bootFlagsLayout.read> {
  if (data.length < 2) throw new MalformedError(`boot flags of ${data.length} bytes, needs 2`);
  const whole = new Uint8Array(5);
  whole.set(data.subarray(0, 5));
  return decode(bootFlagsLayout, whole);
}
