import { CC } from '../codec/completion-codes.ts';
import { CONSOLE_ADDRESS } from '../codec/message.ts';
import { addSelEntry } from '../commands/add-sel-entry.ts';
import { clearSel } from '../commands/clear-sel.ts';
import { deleteSelEntry } from '../commands/delete-sel-entry.ts';
import { getFruInventoryAreaInfo } from '../commands/get-fru-inventory-area-info.ts';
import { getSdr } from '../commands/get-sdr.ts';
import { getSdrRepositoryAllocationInfo } from '../commands/get-sdr-repository-allocation-info.ts';
import { getSdrRepositoryInfo } from '../commands/get-sdr-repository-info.ts';
import { getSdrTime } from '../commands/get-sdr-time.ts';
import { getSelAllocationInfo } from '../commands/get-sel-allocation-info.ts';
import { getSelEntry } from '../commands/get-sel-entry.ts';
import { getSelInfo } from '../commands/get-sel-info.ts';
import { getSelTime } from '../commands/get-sel-time.ts';
import { getSelUtcOffset } from '../commands/get-sel-utc-offset.ts';
import { platformEvent } from '../commands/platform-event.ts';
import { readFruData } from '../commands/read-fru-data.ts';
import { reserveSdrRepository } from '../commands/reserve-sdr-repository.ts';
import { reserveSel } from '../commands/reserve-sel.ts';
import { setSdrTime } from '../commands/set-sdr-time.ts';
import { setSelTime } from '../commands/set-sel-time.ts';
import { setSelUtcOffset } from '../commands/set-sel-utc-offset.ts';
import { writeFruData } from '../commands/write-fru-data.ts';
import { systemEventRecord } from '../codec/sel-record.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';

const VERSION = 0x51;
const RESERVATION = 1;
const ERASE = 0xaa;
const ERASED = 1;
const SEL_RECORD = 16;
/** A record of the SDR repository, rounded up. */
const SDR_UNIT = 64;

function fru({ bmc }: Context, fruId: number): Buffer {
  const image = bmc.frus.get(fruId);
  if (image === undefined) throw new CompletionError(CC.notPresent);
  return image;
}

/** SDR, SEL and FRU commands (IPMI v2.0 §31, §33, §34). */
export const STORAGE_HANDLERS: readonly Handler[] = [
  handle(getSdrRepositoryInfo, (_, { bmc }) => ({
    version: VERSION,
    records: bmc.sdrs.count,
    freeBytes: 0,
    addedAt: 0,
    erasedAt: 0,
    overflow: false,
    updateModes: 0,
    canDelete: false,
    canPartialAdd: false,
    canReserve: true,
    canAllocationInfo: true,
  })),
  handle(getSdrRepositoryAllocationInfo, (_, { bmc: { sdrs } }) => ({
    units: sdrs.count,
    unitSize: SDR_UNIT,
    freeUnits: 0,
    largestFree: 0,
    largestRecord: 1,
  })),
  handle(getSdrTime, (_, { bmc }) => ({ time: bmc.sdrs.clock.time })),
  handle(setSdrTime, ({ time }, { bmc }) => {
    bmc.sdrs.clock.time = time;
    return {};
  }),
  handle(reserveSdrRepository, () => ({ reservation: RESERVATION })),
  handle(getSdr, ({ recordId, reservation, offset, count }, { bmc }) => {
    if (offset !== 0 && reservation !== RESERVATION) throw new CompletionError(CC.reservation);
    return bmc.sdrs.read(recordId, offset, count);
  }),
  handle(getSelInfo, (_, { bmc: { sel } }) => ({
    version: VERSION,
    entries: sel.count,
    freeBytes: sel.freeBytes,
    addedAt: sel.addedAt,
    erasedAt: sel.erasedAt,
    overflow: sel.overflow,
    canDelete: true,
    canPartialAdd: false,
    canReserve: true,
    canAllocationInfo: true,
  })),
  handle(getSelAllocationInfo, (_, { bmc: { sel } }) => ({
    units: sel.capacity,
    unitSize: SEL_RECORD,
    freeUnits: sel.capacity - sel.count,
    largestFree: sel.capacity - sel.count,
    largestRecord: 1,
  })),
  handle(reserveSel, (_, { bmc }) => ({ reservation: bmc.sel.reserve() })),
  handle(getSelEntry, ({ recordId, offset, count }, { bmc }) => {
    const { nextId, record } = bmc.sel.read(recordId);
    return { nextId, record: record.subarray(offset, offset + count) };
  }),
  handle(addSelEntry, ({ record }, { bmc }) => ({ recordId: bmc.sel.add(record) })),
  handle(deleteSelEntry, ({ reservation, recordId }, { bmc }) => ({
    recordId: bmc.sel.delete(reservation, recordId),
  })),
  handle(clearSel, ({ reservation, action }, { bmc }) => {
    if (action === ERASE) bmc.sel.clear(reservation);
    return { progress: ERASED };
  }),
  handle(getSelTime, (_, { bmc }) => ({ time: bmc.sel.clock.time })),
  handle(setSelTime, ({ time }, { bmc }) => {
    bmc.sel.clock.time = time;
    return {};
  }),
  handle(getSelUtcOffset, (_, { bmc }) => ({ minutes: bmc.sel.utcOffset })),
  handle(setSelUtcOffset, ({ minutes }, { bmc }) => {
    bmc.sel.utcOffset = minutes;
    return {};
  }),
  handle(platformEvent, (event, { bmc }) => {
    // Over a LAN the console itself raised it.
    if (bmc.registers.globalEnables.selLogging)
      bmc.sel.add(systemEventRecord({ ...event, generatorId: CONSOLE_ADDRESS }));
    return {};
  }),
  handle(getFruInventoryAreaInfo, ({ fruId }, context) => ({ size: fru(context, fruId).length, byWords: false })),
  handle(readFruData, ({ fruId, offset, count }, context) => {
    const image = fru(context, fruId);
    if (offset > image.length) throw new CompletionError(CC.outOfRange);
    const data = image.subarray(offset, offset + count);
    return { count: data.length, data };
  }),
  handle(writeFruData, ({ fruId, offset, data }, context) => {
    const image = fru(context, fruId);
    if (offset + data.length > image.length) throw new CompletionError(CC.outOfRange);
    image.set(data, offset);
    return { written: data.length };
  }),
];
