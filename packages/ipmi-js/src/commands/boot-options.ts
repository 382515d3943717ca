import { MalformedError } from '../codec/bytes.ts';
import { decode } from '../codec/layout.ts';
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

/** What keeps the BMC from dropping a boot device 60 s after it was set. */
export const KEEP_FLAGS_ON_TIMEOUT = 0x08;

/** Decodes the flags; older BMCs send fewer bytes, which count as 00h. @throws MalformedError below 2 bytes. */
export function decodeBootFlags(data: Uint8Array): ReturnType<typeof bootFlagsLayout.read> {
  if (data.length < 2) throw new MalformedError(`boot flags of ${data.length} bytes, needs 2`);
  const whole = new Uint8Array(5);
  whole.set(data.subarray(0, 5));
  return decode(bootFlagsLayout, whole);
}
