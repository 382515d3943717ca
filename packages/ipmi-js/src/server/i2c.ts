import { CompletionError } from './completion-error.ts';
import type { VirtualI2cDevice } from './options.ts';

const NAK_ON_WRITE = 0x83;
const TRUNCATED_READ = 0x84;

/** Where a Master Write-Read goes, and what it does there (IPMI v2.0 §22.11). */
export interface I2cTransfer {
  readonly channel: number;
  readonly busId: number;
  readonly private: boolean;
  /** 7 bits. */
  readonly address: number;
  readonly write: Uint8Array;
  readonly readCount: number;
}

/**
 * Writes to a device on a bus behind the BMC and reads its answer.
 * @throws CompletionError 83h when nobody is at the address, 84h when the device gave fewer bytes than asked
 */
export async function transfer(devices: readonly VirtualI2cDevice[], asked: I2cTransfer): Promise<Uint8Array> {
  const device = devices.find(
    ({ address, busId = 0, channel = 0, private: own = false }) =>
      address === asked.address && busId === asked.busId && channel === asked.channel && own === asked.private,
  );
  if (device === undefined) throw new CompletionError(NAK_ON_WRITE);
  const data = await device.transfer(asked.write, asked.readCount);
  if (data.length < asked.readCount) throw new CompletionError(TRUNCATED_READ, data);
  return data.subarray(0, asked.readCount);
}
