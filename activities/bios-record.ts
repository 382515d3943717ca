import type { ErasureRecord } from '../db/erasures.ts';

/** The record of a BIOS reset that was asked for at the boot `<run>:<n>`. */
export function biosRecord(reset: { nodeUuid: string; bootId: string; consumed: boolean }): ErasureRecord {
  return {
    nodeUuid: reset.nodeUuid,
    run: runOfBoot(reset.bootId),
    subject: 'bios',
    device: null,
    serial: null,
    wwn: null,
    model: null,
    sizeBytes: null,
    method: 'clear CMOS by boot flags',
    tool: 'BMC',
    verification: { flag_written_and_read_back: true, flag_consumed_by_firmware: reset.consumed },
    result: reset.consumed ? 'accepted' : 'failed',
    reason: reset.consumed ? null : 'the clear CMOS flag is still set after the machine was started',
    startedAt: new Date().toISOString(),
  };
}

/** The Temporal run of a boot id (`<run>:<n>`). */
export function runOfBoot(bootId: string): string {
  return bootId.slice(0, bootId.lastIndexOf(':'));
}
